import { Alert, Content, List, ListItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Explanation, GrantLink, WhoCan } from "../../../api/types";
import { useLinkSentence, useObjectWords } from "../sentences";

/** Grants that decided, each as a sentence. */
function Chain({ links }: { links: GrantLink[] }) {
  const sentence = useLinkSentence();
  return (
    <List>
      {links.map((link) => (
        <ListItem key={link.grantId}>{sentence(link)}</ListItem>
      ))}
    </List>
  );
}

/** Whether somebody may, and why. */
export function ExplanationView({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const objectWords = useObjectWords();
  const { allowed, chain, path, permission, userName } = explanation;
  const [object] = path;
  const values = {
    who: userName,
    what: t(`permission.${permission}`),
    object: object === undefined ? "" : objectWords(object.kind, object.name),
  };
  const reason = () => {
    if (chain.length === 0) {
      return allowed ? t("access.allowedToAll") : t("access.nothingAllows");
    }
    return allowed ? t("access.theseAllow") : t("access.theseDeny");
  };
  return (
    <Alert
      isInline
      variant={allowed ? "success" : "danger"}
      title={t(allowed ? "access.isAllowed" : "access.isDenied", values)}
      data-testid="explanation"
    >
      <Content component="p">{reason()}</Content>
      <Chain links={chain} />
      {path.length > 1 && (
        <Content component="p">
          {t("access.belongsTo", { path: path.map((node) => objectWords(node.kind, node.name)).join(" → ") })}
        </Content>
      )}
    </Alert>
  );
}

/** Everybody who may, and why. */
export function WhoCanView({ people, permission }: { people: WhoCan[]; permission: string }) {
  const { t } = useTranslation();
  const what = t(`permission.${permission}`);
  if (people.length === 0) {
    return <Alert isInline variant="info" title={t("access.nobodyCan", { what })} />;
  }
  return (
    <>
      <Content component="p">{t("access.theseCan", { count: people.length, what })}</Content>
      <List isPlain isBordered data-testid="who-can">
        {people.map((person) => (
          <ListItem key={person.userId}>
            <strong>{person.userName}</strong>
            <Chain links={person.chain} />
          </ListItem>
        ))}
      </List>
    </>
  );
}
