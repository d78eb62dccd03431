import { Flex, Label } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Manager } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useStreamState } from "../../../shared/events/useEventStream";
import { useFormat } from "../../../shared/format/useFormat";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";

const STATES = ["LIVING", "SILENT", "STOPPED", "FENCED"];

/** Hosts are shared out anew without an event. */
const REFRESH_MS = 5_000;

/** What was read last; of the manager of this page also whether it answers now. */
function State({ manager }: { manager: Manager }) {
  const { t } = useTranslation();
  const isAway = useStreamState() === "reconnecting" && manager.answering;
  return isAway ? (
    <Label isCompact status="warning">
      {t("managers.noAnswer")}
    </Label>
  ) : (
    <StatusLabel
      of="manager"
      value={manager.state}
      reason={t(`managers.reason.${manager.state}`, { defaultValue: "" })}
    />
  );
}

export function ManagersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<Manager>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (manager) => (
        <Flex gap={{ default: "gapXs" }}>
          {manager.name || "–"}
          {manager.answering && (
            <Label isCompact variant="outline">
              {t("managers.thisOne")}
            </Label>
          )}
        </Flex>
      ),
    },
    {
      id: "state",
      label: t("common.status"),
      render: (manager) => <State manager={manager} />,
    },
    {
      id: "url",
      label: t("managers.address"),
      render: (manager) =>
        manager.url === "" ? (
          "–"
        ) : (
          <a href={manager.url} aria-label={t("managers.open", { name: manager.name })}>
            {manager.url}
          </a>
        ),
    },
    { id: "agentAddress", label: t("managers.agentAddress"), render: (manager) => manager.agentAddress || "–" },
    {
      id: "hosts",
      label: t("managers.hosts"),
      sort: "hostsWatched",
      isNumeric: true,
      render: (manager) =>
        t("managers.hostsOf", {
          connected: format.number(manager.hostsConnected),
          watched: format.number(manager.hostsWatched),
        }),
    },
    { id: "term", label: t("managers.term"), isNumeric: true, render: (manager) => format.number(manager.term) },
    {
      id: "startedAt",
      label: t("managers.startedAt"),
      sort: "startedAt",
      render: (manager) => format.time(manager.startedAt),
    },
    { id: "lastSeenAt", label: t("managers.lastSeenAt"), render: (manager) => format.time(manager.lastSeenAt) },
  ];
  return (
    <ListPage<Manager>
      noun="managers"
      title={t("managers.title")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("managers.searchPlaceholder")}
      filter={{
        field: "state",
        label: t("common.status"),
        values: STATES.map((value) => ({ value, label: t(`status.manager.${value}`) })),
      }}
      empty={{ title: t("managers.empty"), body: t("managers.emptyBody") }}
      refreshMs={REFRESH_MS}
    />
  );
}
