import { Card, CardBody, CardTitle, GridItem } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { FlowPeer, FlowPeers, Vm } from "../../api/types";
import { Failed, Loading } from "../../shared/components/states";
import { useFormat } from "../../shared/format/useFormat";
import { api } from "../../shared/http/client";
import { ListTable, type Column } from "../../shared/list/ListTable";
import { usePermission } from "../../shared/session/session";
import { FlowEndName } from "./FlowEndName";

const SHOWN = 10;
const REFRESH_MS = 30_000;

type Row = FlowPeer & { id: string };

/** Whom a VM has talked to in the last hour, on its page; for those who may see its traffic. */
export function VmPeers({ vm }: { vm: Vm }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isAllowed = usePermission()("FLOW_READ");
  const { data, error, refetch } = useQuery({
    queryKey: ["vms", "one", vm.id, "peers"],
    queryFn: ({ signal }) => api.get<FlowPeers>(`/vms/${vm.id}/peers`, { limit: SHOWN }, signal),
    enabled: isAllowed,
    refetchInterval: REFRESH_MS,
  });
  if (!isAllowed) {
    return null;
  }
  const columns: Column<Row>[] = [
    { id: "peer", label: t("flows.peer"), render: ({ peer }) => <FlowEndName end={peer} /> },
    { id: "services", label: t("flows.services"), render: ({ services }) => <code>{services.join(" ")}</code> },
    { id: "sent", label: t("flows.sent"), isNumeric: true, render: (peer) => format.bytes(peer.sentBytes) },
    { id: "received", label: t("flows.received"), isNumeric: true, render: (peer) => format.bytes(peer.receivedBytes) },
    {
      id: "lastSeen",
      label: t("flows.lastSeen"),
      render: (peer) => <span className="meseta-time">{format.time(peer.lastSeen)}</span>,
    },
  ];
  const body = () => {
    if (data === undefined) {
      return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
    }
    if (data.items.length === 0) {
      return t("flows.noPeers");
    }
    const rows = data.items.map((item) => ({ ...item, id: `${item.peer.kind} ${item.peer.vmId ?? item.peer.address ?? ""}` }));
    return (
      <>
        <ListTable label={t("flows.peers")} columns={columns} rows={rows} />
        <Link to={`/flows?q=${encodeURIComponent(`vm:${vm.name}`)}`}>{t("flows.allOfVm")}</Link>
      </>
    );
  };
  return (
    <GridItem span={12}>
      <Card>
        <CardTitle component="h2">{t("flows.peers")}</CardTitle>
        <CardBody>{body()}</CardBody>
      </Card>
    </GridItem>
  );
}
