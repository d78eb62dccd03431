import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Group, NewGroup, User } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { TextField } from "../../../shared/components/fields";
import { FormDialog } from "../../../shared/components/FormDialog";
import { Loading } from "../../../shared/components/states";
import { api } from "../../../shared/http/client";
import { useList } from "../../../shared/list/useList";
import { CheckList } from "../CheckList";

const ALL = { limit: 500, sort: "name" };

function NameAndDescription({
  name,
  description,
  onName,
  onDescription,
  fieldError,
}: {
  name: string;
  description: string;
  onName: (name: string) => void;
  onDescription: (description: string) => void;
  fieldError: (field: string) => string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        id="group-name"
        label={t("common.name")}
        isRequired
        autoFocus
        value={name}
        onChange={onName}
        error={fieldError("name")}
      />
      <TextField
        id="group-description"
        label={t("common.description")}
        value={description}
        onChange={onDescription}
        error={fieldError("description")}
      />
    </>
  );
}

export function CreateGroupDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  return (
    <FormDialog
      title={t("access.createGroup")}
      body={t("access.createGroupBody")}
      submitLabel={t("access.createGroup")}
      failed={t("access.notSaved")}
      changes={["groups"]}
      onClose={onClose}
      save={() => {
        const body: NewGroup = { name, description };
        return api.post<Group>("/groups", { body });
      }}
    >
      {(fieldError) => (
        <NameAndDescription
          name={name}
          description={description}
          onName={setName}
          onDescription={setDescription}
          fieldError={fieldError}
        />
      )}
    </FormDialog>
  );
}

export function GroupDialog({ item, onClose }: DialogProps<Group>) {
  const { t } = useTranslation();
  const [name, setName] = useState(item.name);
  const [description, setDescription] = useState(item.description);
  return (
    <FormDialog
      title={t("access.changeOf", { name: item.name })}
      body={t("access.renameGroupBody")}
      submitLabel={t("access.save")}
      failed={t("access.notSaved")}
      changes={["groups"]}
      onClose={onClose}
      save={() => api.put<Group>(`/groups/${item.id}`, { version: item.version, body: { name, description } })}
    >
      {(fieldError) => (
        <NameAndDescription
          name={name}
          description={description}
          onName={setName}
          onDescription={setDescription}
          fieldError={fieldError}
        />
      )}
    </FormDialog>
  );
}

export function MembersDialog({ item, onClose }: DialogProps<Group>) {
  const { t } = useTranslation();
  const { data } = useList<User>("users", ALL);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(item.memberIds));
  return (
    <FormDialog
      title={t("access.membersOf", { name: item.name })}
      body={t("access.membersBody")}
      submitLabel={t("access.save")}
      failed={t("access.notSaved")}
      changes={["groups", "users"]}
      onClose={onClose}
      save={() =>
        api.put<Group>(`/groups/${item.id}/members`, { version: item.version, body: { userIds: [...chosen] } })
      }
    >
      {() =>
        data === undefined ? (
          <Loading />
        ) : (
          <CheckList
            title={t("access.members")}
            items={data.items.map((user) => ({ id: user.id, label: user.name, description: user.displayName }))}
            chosen={chosen}
            onChange={setChosen}
            empty={t("access.noUsersBody")}
          />
        )
      }
    </FormDialog>
  );
}
