import { Button, List, ListItem, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewRole, Permission, Role } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { TextField } from "../../../shared/components/fields";
import { FormDialog } from "../../../shared/components/FormDialog";
import { Failed, Loading } from "../../../shared/components/states";
import { api } from "../../../shared/http/client";
import { CheckList } from "../CheckList";

/** All permissions that a role can hold, as the manager knows them. */
export function usePermissions() {
  return useQuery({
    queryKey: ["roles", "permissions"],
    queryFn: ({ signal }) => api.get<{ permission: Permission }[]>("/roles/permissions", undefined, signal),
    staleTime: Infinity,
  });
}

export function ShowRoleDialog({ item, onClose }: DialogProps<Role>) {
  const { t } = useTranslation();
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="role-title">
      <ModalHeader labelId="role-title" title={t("access.permissionsOf", { name: item.name })} />
      <ModalBody>
        {item.permissions.length === 0 ? (
          t("access.holdsNothing")
        ) : (
          <List isPlain>
            {[...item.permissions].sort().map((permission) => (
              <ListItem key={permission}>
                {t(`permission.${permission}`)}
                <code className="meseta-problem-code meseta-addition">{permission}</code>
              </ListItem>
            ))}
          </List>
        )}
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>{t("actions.close")}</Button>
      </ModalFooter>
    </Modal>
  );
}

interface RoleFormProps {
  title: string;
  initial: Pick<Role, "name" | "description" | "permissions">;
  save: (role: NewRole) => Promise<unknown>;
  onClose: () => void;
}

function RoleForm({ title, initial, save, onClose }: RoleFormProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = usePermissions();
  const [name, setName] = useState(initial.name);
  const [description, setDescription] = useState(initial.description);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(initial.permissions));
  const permissions = () => {
    if (data === undefined) {
      return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
    }
    return (
      <CheckList
        title={t("access.permissions")}
        items={data.map(({ permission }) => ({
          id: permission,
          label: t(`permission.${permission}`),
          description: permission,
        }))}
        chosen={chosen}
        onChange={setChosen}
        empty={t("access.holdsNothing")}
      />
    );
  };
  return (
    <FormDialog
      title={title}
      body={t("access.roleBody")}
      submitLabel={t("access.save")}
      failed={t("access.notSaved")}
      changes={["roles", "grants"]}
      onClose={onClose}
      save={() => save({ name, description, permissions: [...chosen] as Permission[] })}
    >
      {(fieldError) => (
        <>
          <TextField
            id="role-name"
            label={t("common.name")}
            isRequired
            autoFocus
            value={name}
            onChange={setName}
            error={fieldError("name")}
          />
          <TextField
            id="role-description"
            label={t("common.description")}
            value={description}
            onChange={setDescription}
            error={fieldError("description")}
          />
          {permissions()}
        </>
      )}
    </FormDialog>
  );
}

const make = (body: NewRole) => api.post<Role>("/roles", { body });

export function CreateRoleDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <RoleForm
      title={t("access.createRole")}
      initial={{ name: "", description: "", permissions: [] }}
      save={make}
      onClose={onClose}
    />
  );
}

/** A role of one's own with what another holds. */
export function CopyRoleDialog({ item, onClose }: DialogProps<Role>) {
  const { t } = useTranslation();
  const initial = { ...item, name: t("access.copyName", { name: item.name }) };
  return (
    <RoleForm title={t("access.copyOf", { name: item.name })} initial={initial} save={make} onClose={onClose} />
  );
}

export function ChangeRoleDialog({ item, onClose }: DialogProps<Role>) {
  const { t } = useTranslation();
  return (
    <RoleForm
      title={t("access.changeOf", { name: item.name })}
      initial={item}
      save={(body) => api.put<Role>(`/roles/${item.id}`, { version: item.version, body })}
      onClose={onClose}
    />
  );
}
