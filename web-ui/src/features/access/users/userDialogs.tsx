import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Group, NewUser, User, UserChange } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { TextField } from "../../../shared/components/fields";
import { FormDialog } from "../../../shared/components/FormDialog";
import { Loading } from "../../../shared/components/states";
import { api } from "../../../shared/http/client";
import { useList } from "../../../shared/list/useList";
import { CheckList } from "../CheckList";
import { PasswordField } from "../PasswordField";

const ALL = { limit: 500, sort: "name" };

export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <FormDialog
      title={t("access.createUser")}
      body={t("access.createUserBody")}
      submitLabel={t("access.createUser")}
      failed={t("access.notSaved")}
      changes={["users"]}
      onClose={onClose}
      save={() => {
        const body: NewUser = { name, displayName: displayName || undefined, password };
        return api.post<User>("/users", { body });
      }}
    >
      {(fieldError) => (
        <>
          <TextField
            id="user-name"
            label={t("access.userName")}
            isRequired
            autoFocus
            value={name}
            onChange={setName}
            error={fieldError("name")}
          />
          <TextField
            id="user-display-name"
            label={t("access.displayName")}
            value={displayName}
            onChange={setDisplayName}
            error={fieldError("displayName")}
          />
          <PasswordField
            id="user-password"
            label={t("access.password")}
            help={t("access.passwordHelp")}
            value={password}
            onChange={setPassword}
            error={fieldError("password")}
          />
        </>
      )}
    </FormDialog>
  );
}

export function UserDialog({ item, onClose }: DialogProps<User>) {
  const { t } = useTranslation();
  const [displayName, setDisplayName] = useState(item.displayName);
  return (
    <FormDialog
      title={t("access.changeOf", { name: item.name })}
      submitLabel={t("access.save")}
      failed={t("access.notSaved")}
      changes={["users"]}
      onClose={onClose}
      save={() => {
        const body: UserChange = { displayName, disabled: item.disabled };
        return api.put<User>(`/users/${item.id}`, { version: item.version, body });
      }}
    >
      {(fieldError) => (
        <TextField
          id="user-display-name"
          label={t("access.displayName")}
          autoFocus
          value={displayName}
          onChange={setDisplayName}
          error={fieldError("displayName")}
        />
      )}
    </FormDialog>
  );
}

export function PasswordDialog({ item, onClose }: DialogProps<User>) {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  return (
    <FormDialog
      title={t("access.passwordOf", { name: item.name })}
      body={t("access.passwordBody")}
      submitLabel={t("access.setPassword")}
      failed={t("access.notSaved")}
      changes={["users"]}
      onClose={onClose}
      save={() => api.put<User>(`/users/${item.id}/password`, { body: { password } })}
    >
      {(fieldError) => (
        <PasswordField
          id="user-password"
          label={t("access.password")}
          help={t("access.passwordHelp")}
          value={password}
          onChange={setPassword}
          error={fieldError("password")}
        />
      )}
    </FormDialog>
  );
}

/** Which groups somebody is in; each group that changes is a request of its own. */
export function UserGroupsDialog({ item, onClose }: DialogProps<User>) {
  const { t } = useTranslation();
  const { data } = useList<Group>("groups", ALL);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(item.groupIds));
  const groups = data?.items ?? [];
  const save = async () => {
    for (const group of groups) {
      const isMember = group.memberIds.includes(item.id);
      if (isMember !== chosen.has(group.id)) {
        const userIds = isMember ? group.memberIds.filter((id) => id !== item.id) : [...group.memberIds, item.id];
        await api.put<Group>(`/groups/${group.id}/members`, { version: group.version, body: { userIds } });
      }
    }
  };
  return (
    <FormDialog
      title={t("access.groupsOf", { name: item.name })}
      body={t("access.groupsBody")}
      submitLabel={t("access.save")}
      failed={t("access.notSaved")}
      changes={["users", "groups"]}
      onClose={onClose}
      save={save}
    >
      {() =>
        data === undefined ? (
          <Loading />
        ) : (
          <CheckList
            title={t("access.groups")}
            items={groups.map((group) => ({ id: group.id, label: group.name, description: group.description }))}
            chosen={chosen}
            onChange={setChosen}
            empty={t("access.noGroupsBody")}
          />
        )
      }
    </FormDialog>
  );
}
