import { Label, Tooltip } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { FlowConversation, NewFlow } from "../../api/types";
import { useFormat } from "../../shared/format/useFormat";
import type { Column } from "../../shared/list/ListTable";
import { FlowEndName } from "./FlowEndName";

type Either = FlowConversation | NewFlow;

/** TCP/443, or the protocol alone where there are no ports. */
export function serviceOf(flow: Pick<Either, "protocol" | "serverPort">): string {
  return flow.serverPort === 0 ? flow.protocol : `${flow.protocol}/${flow.serverPort}`;
}

function useEnds(): Column<Either>[] {
  const { t } = useTranslation();
  return [
    { id: "client", label: t("flows.client"), render: (flow) => <FlowEndName end={flow.client} /> },
    { id: "server", label: t("flows.server"), render: (flow) => <FlowEndName end={flow.server} /> },
    {
      id: "service",
      label: t("flows.service"),
      render: (flow) => (
        <>
          <code>{serviceOf(flow)}</code>
          <span className="meseta-problem-code meseta-addition">{flow.networkName}</span>
        </>
      ),
    },
    {
      id: "direction",
      label: t("flows.direction"),
      render: (flow) => <Label isCompact>{t(`flows.directions.${flow.direction}`)}</Label>,
    },
  ];
}

export function useConversationColumns(): Column<FlowConversation>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    ...useEnds(),
    {
      id: "bytes",
      label: t("flows.bytes"),
      sort: "bytes",
      isNumeric: true,
      render: ({ sums }) => (
        <>
          {format.bytes(sums.bytes)}
          <span className="meseta-problem-code meseta-addition">
            {t("flows.bothWays", {
              request: format.bytes(sums.requestBytes),
              response: format.bytes(sums.responseBytes),
            })}
          </span>
        </>
      ),
    },
    {
      id: "connections",
      label: t("flows.connections"),
      isNumeric: true,
      render: ({ sums }) => (
        <>
          {format.number(sums.connections)}
          {sums.resets > 0 && (
            <span className="meseta-problem-code meseta-addition">
              {t("flows.resets", { count: sums.resets })}
            </span>
          )}
        </>
      ),
    },
    {
      id: "handshake",
      label: t("flows.handshake"),
      isNumeric: true,
      render: ({ sums }) =>
        sums.handshakeMicroseconds === null ? "–" : `${format.number(sums.handshakeMicroseconds / 1000, 1)} ms`,
    },
    {
      id: "retransmissions",
      label: t("flows.retransmissions"),
      isNumeric: true,
      render: ({ sums }) => format.number(sums.retransmissions),
    },
    {
      id: "observedAt",
      label: t("flows.observedAt"),
      render: (flow) => (
        <Tooltip content={t(`flows.observedHelp.${flow.observedAt}`)}>
          <Label isCompact variant="outline" tabIndex={0}>
            {t(`flows.observed.${flow.observedAt}`)}
          </Label>
        </Tooltip>
      ),
    },
    {
      id: "lastSeen",
      label: t("flows.lastSeen"),
      sort: "lastSeen",
      render: (flow) => <span className="meseta-time">{format.time(flow.lastSeen)}</span>,
    },
  ];
}

export function useNewFlowColumns(): Column<NewFlow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    ...useEnds(),
    {
      id: "firstSeen",
      label: t("flows.firstSeen"),
      render: (flow) => <span className="meseta-time">{format.time(flow.firstSeen)}</span>,
    },
  ];
}
