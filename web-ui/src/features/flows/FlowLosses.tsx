import { Alert, ExpandableSection, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { HostLosses } from "../../api/types";
import { ProblemText } from "../../shared/components/Problem";
import { useFormat } from "../../shared/format/useFormat";
import { api } from "../../shared/http/client";
import { rangeOf, type FlowState } from "./flowState";

const COUNTS = [
  "packetsWithoutRoom",
  "packetsUnreadable",
  "recordsDropped",
  "recordsRefused",
  "recordsUnresolved",
  "recordsLate",
  "recordsAhead",
] as const satisfies (keyof HostLosses)[];

const lost = (host: HostLosses) =>
  host.packetsWithoutRoom +
  host.packetsUnreadable +
  host.recordsDropped +
  host.recordsRefused +
  host.recordsUnresolved +
  host.recordsLate;

/** Hosts of which nothing comes, and hosts of which something is missing. */
export function incompleteness(hosts: HostLosses[]): { silent: HostLosses[]; lossy: HostLosses[] } {
  return {
    silent: hosts.filter((host) => host.source !== "DATAPATH"),
    lossy: hosts.filter((host) => host.source === "DATAPATH" && lost(host) > 0),
  };
}

/** Says openly what is not in the numbers of the page. */
export function FlowLosses({ state, refreshMs }: { state: FlowState; refreshMs: number | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const { range, from, to } = state;
  const { data, error } = useQuery({
    queryKey: ["flows", "losses", { range, from, to }],
    queryFn: ({ signal }) => api.get<HostLosses[]>("/flows/losses", rangeOf(state, Date.now()), signal),
    refetchInterval: refreshMs,
  });
  if (error !== null && data === undefined) {
    return (
      <Alert isInline variant="warning" title={t("flows.lossesUnknown")}>
        <ProblemText error={error} />
      </Alert>
    );
  }
  if (data === undefined || data.length === 0) {
    return null;
  }
  const { silent, lossy } = incompleteness(data);
  const names = (hosts: HostLosses[]) => hosts.slice(0, 5).map((host) => host.hostName).join(", ");
  return (
    <>
      {silent.length > 0 && (
        <Alert isInline variant="warning" title={t("flows.silentHosts", { count: silent.length })}>
          {t("flows.silentHostsBody", { names: names(silent) })}
        </Alert>
      )}
      {lossy.length > 0 && (
        <Alert isInline variant="warning" title={t("flows.lossyHosts", { count: lossy.length })}>
          {t("flows.lossyHostsBody", { names: names(lossy) })}
        </Alert>
      )}
      <ExpandableSection
        toggleText={t("flows.completeness")}
        isExpanded={isOpen}
        onToggle={(_event, isExpanded) => setOpen(isExpanded)}
      >
        <Table aria-label={t("flows.completeness")} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("flows.host")}</Th>
              <Th>{t("flows.source")}</Th>
              <Th>{t("flows.storedAt")}</Th>
              <Th className="meseta-numeric">{t("flows.records")}</Th>
              {COUNTS.map((count) => (
                <Th key={count} className="meseta-numeric" info={{ tooltip: t(`flows.lossHelp.${count}`) }}>
                  {t(`flows.loss.${count}`)}
                </Th>
              ))}
            </Tr>
          </Thead>
          <Tbody>
            {data.map((host) => (
              <Tr key={host.hostId}>
                <Td dataLabel={t("flows.host")}>
                  <Link to={`/hosts/${host.hostId}`}>{host.hostName}</Link>
                </Td>
                <Td dataLabel={t("flows.source")}>
                  <Label isCompact status={host.source === "DATAPATH" ? "success" : "warning"}>
                    {t(`flows.sources.${host.source}`)}
                  </Label>
                </Td>
                <Td dataLabel={t("flows.storedAt")}>{format.time(host.storedAt)}</Td>
                <Td dataLabel={t("flows.records")} className="meseta-numeric">
                  {format.number(host.records)}
                </Td>
                {COUNTS.map((count) => (
                  <Td key={count} dataLabel={t(`flows.loss.${count}`)} className="meseta-numeric">
                    {format.number(host[count])}
                  </Td>
                ))}
              </Tr>
            ))}
          </Tbody>
        </Table>
      </ExpandableSection>
    </>
  );
}
