import { Button, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OwnSession, OwnSessions } from "../../api/types";
import { Failed, Loading } from "../../shared/components/states";
import { useFormat } from "../../shared/format/useFormat";
import { api, ApiError } from "../../shared/http/client";
import { useNotifications } from "../../shared/notifications/notifications";
import { keys } from "../../shared/queryKeys";
import { replaceSession, useLogOut } from "../../shared/session/session";
import { browserOf } from "./browser";
import { useAccountChanged } from "./factors";
import { RemoveDialog } from "./RemoveDialog";
import { Section } from "./Section";

/** Where one is signed in, and how to end it there. */
export function SessionsCard() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isEndingAll, setEndingAll] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: keys.account("sessions"),
    queryFn: ({ signal }) => api.get<OwnSessions>("/sessions", undefined, signal),
    staleTime: 0,
  });
  return (
    <Section
      id="sessions"
      title={t("account.sessions.title")}
      help={t("account.sessions.help")}
      actions={
        <Button variant="danger" onClick={() => setEndingAll(true)}>
          {t("account.sessions.endAll")}
        </Button>
      }
    >
      {data !== undefined ? (
        <SessionsTable sessions={data.items} />
      ) : error === null ? (
        <Loading />
      ) : (
        <Failed error={error} retry={() => void refetch()} />
      )}
      {isEndingAll && (
        <RemoveDialog
          title={t("account.sessions.confirmEndAll")}
          body={t("account.sessions.confirmEndAllBody")}
          verb={t("account.sessions.endAll")}
          onConfirm={async () => {
            await api.post<undefined>("/sessions/end-all");
            replaceSession(client, null);
          }}
          onClose={() => setEndingAll(false)}
        />
      )}
    </Section>
  );
}

function SessionsTable({ sessions }: { sessions: OwnSession[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notifications = useNotifications();
  const changed = useAccountChanged();
  const logOut = useLogOut();
  const end = async (session: OwnSession) => {
    if (session.isThis) {
      await logOut();
      return;
    }
    try {
      await api.delete<undefined>(`/sessions/${session.id}`);
    } catch (error) {
      // Ended by itself, or in another tab: that is what was wanted.
      if (!(error instanceof ApiError && error.status === 404)) {
        notifications.failed(t("account.refused"), error);
      }
    }
    await changed();
  };
  return (
    <Table variant="compact" aria-label={t("account.sessions.title")}>
      <Thead>
        <Tr>
          <Th>{t("account.sessions.browser")}</Th>
          <Th>{t("account.sessions.address")}</Th>
          <Th>{t("account.sessions.since")}</Th>
          <Th>{t("account.lastUsed")}</Th>
          <Th modifier="wrap">{t("account.sessions.factors")}</Th>
          <Th screenReaderText={t("actions.more")} />
        </Tr>
      </Thead>
      <Tbody>
        {sessions.map((session) => (
          <Tr key={session.id} data-this={session.isThis}>
            <Td dataLabel={t("account.sessions.browser")}>
              <span title={session.userAgent}>{browserOf(session.userAgent) ?? t("account.sessions.unknown")}</span>{" "}
              {session.isThis && (
                <Label isCompact color="blue">
                  {t("account.sessions.this")}
                </Label>
              )}
            </Td>
            <Td dataLabel={t("account.sessions.address")}>{session.remoteAddress}</Td>
            <Td dataLabel={t("account.sessions.since")}>{format.time(session.createdAt)}</Td>
            <Td dataLabel={t("account.lastUsed")}>{format.time(session.usedAt)}</Td>
            <Td dataLabel={t("account.sessions.factors")}>
              {session.factors.map((factor) => t(`account.factor.${factor}`)).join(", ")}
            </Td>
            <Td isActionCell modifier="nowrap">
              <Button variant="link" isInline isDanger onClick={() => void end(session)}>
                {t(session.isThis ? "shell.logOut" : "account.sessions.end")}
              </Button>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
