import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Group } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { useFormat } from "../../../shared/format/useFormat";
import { api } from "../../../shared/http/client";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { CreateButton } from "../CreateButton";
import { CreateGroupDialog, GroupDialog, MembersDialog } from "./groupDialogs";

export const groupActions: Action<Group>[] = [
  { id: "members", label: "access.setMembers", permission: "GROUP_MANAGE", dialog: MembersDialog },
  { id: "change", label: "access.renameGroup", permission: "GROUP_MANAGE", dialog: GroupDialog },
  {
    id: "delete",
    label: "access.delete",
    permission: "GROUP_MANAGE",
    isDanger: true,
    confirm: { title: "access.confirmDeleteGroup", body: "access.confirmDeleteGroupBody", typeName: true },
    call: async (group) => {
      await api.delete<Group>(`/groups/${group.id}`, { version: group.version });
      return undefined;
    },
  },
];

export function GroupsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Group>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (group) => (
        <>
          {group.name}
          {group.externalId != null && (
            <Label isCompact className="meseta-addition">
              {t("access.ofProvider")}
            </Label>
          )}
        </>
      ),
    },
    { id: "description", label: t("common.description"), render: (group) => group.description || "–" },
    {
      id: "members",
      label: t("access.members"),
      isNumeric: true,
      render: (group) => format.number(group.memberIds.length),
    },
    {
      id: "createdAt",
      label: t("common.createdAt"),
      sort: "createdAt",
      render: (group) => format.time(group.createdAt),
    },
  ];
  const create = <CreateButton label={t("access.createGroup")} permission="GROUP_MANAGE" dialog={CreateGroupDialog} />;
  return (
    <ListPage<Group>
      noun="groups"
      title={t("access.groups")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("access.searchByName")}
      actions={groupActions}
      create={create}
      empty={{ title: t("access.noGroups"), body: t("access.noGroupsBody"), action: create }}
    />
  );
}
