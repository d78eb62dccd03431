import { Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Grant } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { useFormat } from "../../../shared/format/useFormat";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { CreateButton } from "../CreateButton";
import { CreateGrantDialog, RemoveGrantDialog } from "./grantDialogs";

export const grantActions: Action<Grant>[] = [
  { id: "remove", label: "access.remove", permission: "GRANT_MANAGE", isDanger: true, dialog: RemoveGrantDialog },
];

/** What grants look like in tables. */
export function useGrantColumns(): Column<Grant>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      id: "principal",
      label: t("access.who"),
      render: (grant) => (grant.userId || grant.groupId ? grant.principalName : t("access.everyone")),
    },
    {
      id: "effect",
      label: t("access.effect"),
      render: (grant) => (
        <Label color={grant.effect === "DENY" ? "red" : "green"}>{t(`access.effects.${grant.effect}`)}</Label>
      ),
    },
    { id: "role", label: t("access.role"), sort: "role", render: (grant) => grant.roleName },
    {
      id: "scope",
      label: t("access.where"),
      render: (grant) => (
        <>
          {t(`access.kinds.${grant.scopeKind}`)}
          {grant.scopeKind !== "SYSTEM" && (
            <span className="meseta-problem-code meseta-addition">{grant.scopeName || t("access.gone")}</span>
          )}
        </>
      ),
    },
    { id: "tag", label: t("access.tag"), render: (grant) => grant.tag || "–" },
    {
      id: "usedAt",
      label: t("access.used"),
      render: (grant) => (grant.usedAt ? format.time(grant.usedAt) : t("access.never")),
    },
  ];
}

/** Who may do what, where. */
export function GrantsPage() {
  const { t } = useTranslation();
  const columns = useGrantColumns();
  const create = <CreateButton label={t("access.createGrant")} permission="GRANT_MANAGE" dialog={CreateGrantDialog} />;
  return (
    <ListPage<Grant>
      noun="grants"
      title={t("access.grants")}
      columns={columns}
      defaultSort=""
      searchPlaceholder={t("access.searchPlaceholder")}
      filter={{
        field: "effect",
        label: t("access.effect"),
        values: ["ALLOW", "DENY"].map((value) => ({ value, label: t(`access.effects.${value}`) })),
      }}
      actions={grantActions}
      create={create}
      empty={{ title: t("access.empty"), body: t("access.emptyBody"), action: create }}
    />
  );
}
