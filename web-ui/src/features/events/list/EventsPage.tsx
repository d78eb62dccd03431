import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { KeptEvent } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { EventText } from "../EventText";

const PAGES: Partial<Record<string, string>> = { vm: "/vms", host: "/hosts", task: "/tasks" };

function ObjectLink({ event }: { event: KeptEvent }) {
  const { t } = useTranslation();
  const kind = event.objectKind.toLowerCase();
  const page = PAGES[kind];
  const name = t(`objectKind.${kind}`, { defaultValue: event.objectKind });
  return page === undefined || !event.objectId ? <>{name}</> : <Link to={`${page}/${event.objectId}`}>{name}</Link>;
}

export function EventsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<KeptEvent>[] = [
    { id: "at", label: t("events.at"), render: (event) => <span className="meseta-time">{format.time(event.at)}</span> },
    {
      id: "severity",
      label: t("events.severity"),
      render: (event) => <StatusLabel of="severity" value={event.severity} />,
    },
    {
      id: "message",
      label: t("events.message"),
      render: (event) => <EventText event={event} />,
    },
    { id: "object", label: t("events.object"), render: (event) => <ObjectLink event={event} /> },
    {
      id: "correlationId",
      label: t("problem.correlationId"),
      render: (event) => (event.correlationId ? <code className="meseta-code">{event.correlationId}</code> : "–"),
    },
  ];
  return (
    <ListPage<KeptEvent>
      noun="events"
      title={t("events.title")}
      columns={columns}
      defaultSort=""
      searchPlaceholder=""
      isSearchable={false}
      empty={{ title: t("events.empty"), body: t("events.emptyBody") }}
    />
  );
}
