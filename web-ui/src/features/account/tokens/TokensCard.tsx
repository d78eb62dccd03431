import { Button, Content, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewToken, Token } from "../../../api/types";
import { Failed, Loading } from "../../../shared/components/states";
import { useFormat } from "../../../shared/format/useFormat";
import { api } from "../../../shared/http/client";
import { keys } from "../../../shared/queryKeys";
import { useAccountChanged } from "../factors";
import { RemoveDialog } from "../RemoveDialog";
import { Section } from "../Section";
import { CreateTokenDialog } from "./CreateTokenDialog";
import { NewTokenDialog } from "./NewTokenDialog";

type Open = { kind: "create" } | { kind: "made"; made: NewToken } | { kind: "revoke"; token: Token };

/** What programs act with in one's name. */
export function TokensCard() {
  const { t } = useTranslation();
  const changed = useAccountChanged();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const { data, error, refetch } = useQuery({
    queryKey: keys.account("tokens"),
    queryFn: ({ signal }) => api.get<Token[]>("/tokens", undefined, signal),
    staleTime: 0,
  });
  return (
    <Section
      id="tokens"
      title={t("account.tokens.title")}
      help={t("account.tokens.help")}
      actions={
        <Button variant="secondary" onClick={() => setOpen({ kind: "create" })}>
          {t("account.tokens.create")}
        </Button>
      }
    >
      {data !== undefined ? (
        <TokensTable tokens={data} onRevoke={(token) => setOpen({ kind: "revoke", token })} />
      ) : error === null ? (
        <Loading />
      ) : (
        <Failed error={error} retry={() => void refetch()} />
      )}
      {open?.kind === "create" && (
        <CreateTokenDialog
          onMade={(made) => {
            setOpen({ kind: "made", made });
            void changed();
          }}
          onClose={close}
        />
      )}
      {open?.kind === "made" && <NewTokenDialog made={open.made} onClose={close} />}
      {open?.kind === "revoke" && (
        <RemoveDialog
          title={t("account.tokens.confirmRevoke", { name: open.token.name })}
          body={t("account.tokens.confirmRevokeBody")}
          verb={t("account.tokens.revoke")}
          onConfirm={async () => {
            await api.delete<Token>(`/tokens/${open.token.id}`);
            await changed();
          }}
          onClose={close}
        />
      )}
    </Section>
  );
}

function TokensTable({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (tokens.length === 0) {
    return <Content component="p">{t("account.tokens.none")}</Content>;
  }
  return (
    <Table variant="compact" aria-label={t("account.tokens.title")}>
      <Thead>
        <Tr>
          <Th>{t("common.name")}</Th>
          <Th>{t("account.tokens.limits")}</Th>
          <Th>{t("account.tokens.expires")}</Th>
          <Th>{t("account.lastUsed")}</Th>
          <Th screenReaderText={t("actions.more")} />
        </Tr>
      </Thead>
      <Tbody>
        {tokens.map((token) => (
          <Tr key={token.id} data-row={token.name}>
            <Td dataLabel={t("common.name")}>{token.name}</Td>
            <Td dataLabel={t("account.tokens.limits")}>
              <Limits token={token} />
            </Td>
            <Td dataLabel={t("account.tokens.expires")}>
              {token.expiresAt === null ? t("account.never") : format.time(token.expiresAt)}
            </Td>
            <Td dataLabel={t("account.lastUsed")}>
              {token.lastUsedAt === null ? t("account.never") : format.time(token.lastUsedAt)}
            </Td>
            <Td isActionCell modifier="nowrap">
              <Button
                variant="link"
                isInline
                isDanger
                aria-label={t("account.tokens.revokeOf", { name: token.name })}
                onClick={() => onRevoke(token)}
              >
                {t("account.tokens.revoke")}
              </Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Limits({ token }: { token: Token }) {
  const { t } = useTranslation();
  const permissions = token.permissions === null ? t("account.tokens.allPermissions") : [...token.permissions].sort().join(", ");
  const kinds = [...new Set(token.scopes.map((scope) => t(`access.kinds.${scope.kind}`)))].join(", ");
  return (
    <>
      <div>{permissions}</div>
      {token.scopes.length > 0 && (
        <div className="meseta-addition">{t("account.tokens.onlyOn", { count: token.scopes.length, kinds })}</div>
      )}
      {token.preAuthorised.length > 0 && (
        <div className="meseta-actions">
          {[...token.preAuthorised].sort().map((verb) => (
            <Label key={verb} isCompact color="orange">
              {t(`account.verbs.${verb}`)}
            </Label>
          ))}
        </div>
      )}
    </>
  );
}
