import { useTranslation } from "react-i18next";
import type { Grant, GrantLink, ObjectKind } from "../../api/types";

type Words<T> = (value: T) => string;

/** An object as sentences name it. */
export function useObjectWords(): (kind: ObjectKind, name: string) => string {
  const { t } = useTranslation();
  return (kind, name) =>
    kind === "SYSTEM"
      ? t("access.wholeSystem")
      : t("access.objectOf", { kind: t(`access.kinds.${kind}`), name: name || t("access.gone") });
}

/** What a grant says. */
export function useGrantSentence(): Words<Grant> {
  const { t } = useTranslation();
  const object = useObjectWords();
  return (grant) => {
    const who = grant.userId || grant.groupId ? grant.principalName : t("access.everyone");
    const values = { who, role: grant.roleName, object: object(grant.scopeKind, grant.scopeName) };
    const said = t(grant.effect === "DENY" ? "access.says.DENY" : "access.says.ALLOW", values);
    return grant.tag === "" ? said : t("access.onlyTagged", { said, tag: grant.tag });
  };
}

/** What a grant has to do with an answer. */
export function useLinkSentence(): Words<GrantLink> {
  const { t } = useTranslation();
  const object = useObjectWords();
  return (link) => {
    const values = {
      role: link.roleName,
      object: object(link.scopeKind, link.scopeName),
      group: link.through,
    };
    const effect = link.effect === "DENY" ? "DENY" : "ALLOW";
    const said = t(link.through === "" ? `access.linkOwn.${effect}` : `access.linkGroup.${effect}`, values);
    return link.tag === "" ? said : t("access.onlyTagged", { said, tag: link.tag });
  };
}
