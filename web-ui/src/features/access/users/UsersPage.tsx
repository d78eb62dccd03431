import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Group, User } from "../../../api/types";
import { useFormat } from "../../../shared/format/useFormat";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { useList } from "../../../shared/list/useList";
import { CreateButton } from "../CreateButton";
import { CreateUserDialog } from "./userDialogs";
import { userActions } from "./userActions";

/** More groups than this have their ids shown instead of their names. */
const ALL_GROUPS = { limit: 500, sort: "name" };

/** Rows are drawn again only when they change: what comes later is looked up by the cell itself. */
function GroupNames({ ids }: { ids: string[] }) {
  const { data } = useList<Group>("groups", ALL_GROUPS);
  return <>{ids.map((id) => data?.items.find((group) => group.id === id)?.name ?? id).join(", ") || "–"}</>;
}

export function UsersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<User>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (user) => (
        <>
          {user.name}
          {user.disabled && (
            <Label isCompact color="orange" className="meseta-addition">
              {t("access.isDisabled")}
            </Label>
          )}
        </>
      ),
    },
    { id: "displayName", label: t("access.displayName"), render: (user) => user.displayName || "–" },
    { id: "groups", label: t("access.groups"), render: (user) => <GroupNames ids={user.groupIds} /> },
    {
      id: "factor",
      label: t("access.secondFactor"),
      render: (user) => t(user.hasSecondFactor ? "access.enrolled" : "access.notEnrolled"),
    },
    {
      id: "createdAt",
      label: t("common.createdAt"),
      sort: "createdAt",
      render: (user) => format.time(user.createdAt),
    },
  ];
  const create = <CreateButton label={t("access.createUser")} permission="USER_MANAGE" dialog={CreateUserDialog} />;
  return (
    <ListPage<User>
      noun="users"
      title={t("access.users")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("access.searchByName")}
      filter={{
        field: "disabled",
        label: t("access.isDisabled"),
        values: ["true", "false"].map((value) => ({ value, label: t(`access.disabledFilter.${value}`) })),
      }}
      actions={userActions}
      create={create}
      empty={{ title: t("access.noUsers"), body: t("access.noUsersBody"), action: create }}
    />
  );
}
