import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Role } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { useFormat } from "../../../shared/format/useFormat";
import { api } from "../../../shared/http/client";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { CreateButton } from "../CreateButton";
import { ChangeRoleDialog, CopyRoleDialog, CreateRoleDialog, ShowRoleDialog } from "./roleDialogs";

export const roleActions: Action<Role>[] = [
  { id: "show", label: "access.showRole", permission: "ROLE_READ", dialog: ShowRoleDialog },
  { id: "copy", label: "access.copyRole", permission: "ROLE_MANAGE", dialog: CopyRoleDialog },
  {
    id: "change",
    label: "access.changeRole",
    permission: "ROLE_MANAGE",
    disabledReason: (role) => (role.seeded ? { key: "access.reason.seeded" } : undefined),
    dialog: ChangeRoleDialog,
  },
  {
    id: "delete",
    label: "access.delete",
    permission: "ROLE_MANAGE",
    isDanger: true,
    disabledReason: (role) => (role.seeded ? { key: "access.reason.seeded" } : undefined),
    confirm: { title: "access.confirmDeleteRole", body: "access.confirmDeleteRoleBody", typeName: true },
    call: async (role) => {
      await api.delete<Role>(`/roles/${role.id}`, { version: role.version });
      return undefined;
    },
  },
];

export function RolesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Role>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (role) => (
        <>
          {role.name}
          {role.seeded && (
            <Label isCompact className="meseta-addition">
              {t("access.seeded")}
            </Label>
          )}
        </>
      ),
    },
    {
      id: "description",
      label: t("common.description"),
      render: (role) =>
        (role.seeded ? t(`access.seededRoles.${role.name}`, { defaultValue: role.description }) : role.description) ||
        "–",
    },
    {
      id: "permissions",
      label: t("access.permissions"),
      isNumeric: true,
      render: (role) => format.number(role.permissions.length),
    },
  ];
  const create = <CreateButton label={t("access.createRole")} permission="ROLE_MANAGE" dialog={CreateRoleDialog} />;
  return (
    <ListPage<Role>
      noun="roles"
      title={t("access.roles")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("access.searchByName")}
      filter={{
        field: "seeded",
        label: t("access.origin"),
        values: ["true", "false"].map((value) => ({ value, label: t(`access.seededFilter.${value}`) })),
      }}
      actions={roleActions}
      create={create}
      empty={{ title: t("access.noRoles"), body: t("access.noRolesBody"), action: create }}
    />
  );
}
