import { Flex, Label, Tooltip } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Host } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useHostCondition } from "../../../shared/i18n/words";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { hostActions } from "../actions/hostActions";
import { AddHostButton } from "../create/AddHost";
import { Usage } from "../Usage";

const STATES = ["UP", "MAINTENANCE", "CONNECTING", "NON_OPERATIONAL", "NON_RESPONSIVE", "DOWN"];

export function Acceleration({ host }: { host: Host }) {
  const { t } = useTranslation();
  if (host.acceleration === "TCG") {
    return (
      <Tooltip content={t("hosts.tcgWarning")}>
        <Label isCompact status="warning" tabIndex={0}>
          {host.acceleration}
        </Label>
      </Tooltip>
    );
  }
  return <>{host.acceleration ?? "–"}</>;
}

export function HostsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const conditionWords = useHostCondition();
  const columns: Column<Host>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (host) => <Link to={`/hosts/${host.id}`}>{host.name}</Link>,
    },
    {
      id: "status",
      label: t("common.status"),
      render: (host) => (
        <Flex gap={{ default: "gapXs" }}>
          <StatusLabel of="host" value={host.status} reason={host.statusReason} />
          {host.conditions.length > 0 && (
            <Tooltip content={host.conditions.map(({ code, message }) => conditionWords(code) || message).join(" ")}>
              <Label isCompact status="warning" tabIndex={0}>
                {t("hosts.conditionCount", { count: host.conditions.length })}
              </Label>
            </Tooltip>
          )}
        </Flex>
      ),
    },
    { id: "vms", label: t("hosts.vms"), isNumeric: true, render: (host) => format.number(host.reserved.vms) },
    {
      id: "vcpus",
      label: t("hosts.vcpusReserved"),
      render: (host) => (
        <Usage
          label={t("hosts.vcpusReserved")}
          value={host.reserved.vcpus}
          max={host.cpus ?? 0}
          text={t("hosts.ofCpus", { used: host.reserved.vcpus, total: host.cpus ?? "–" })}
        />
      ),
    },
    {
      id: "memory",
      label: t("hosts.memoryReserved"),
      render: (host) => (
        <Usage
          label={t("hosts.memoryReserved")}
          value={host.reserved.memoryMiB}
          max={host.memoryMiB ?? 0}
          text={t("hosts.of", {
            used: format.mebibytes(host.reserved.memoryMiB),
            total: format.mebibytes(host.memoryMiB),
          })}
        />
      ),
    },
    {
      id: "cpu",
      label: t("hosts.cpuUsage"),
      isNumeric: true,
      render: (host) => format.percent(host.statistics?.cpuUsagePercent),
    },
    { id: "acceleration", label: t("hosts.acceleration"), render: (host) => <Acceleration host={host} /> },
  ];
  return (
    <ListPage<Host>
      noun="hosts"
      title={t("hosts.title")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("hosts.searchPlaceholder")}
      filter={{
        field: "status",
        label: t("common.status"),
        values: STATES.map((value) => ({ value, label: t(`status.host.${value}`) })),
      }}
      actions={hostActions}
      create={<AddHostButton />}
      empty={{ title: t("hosts.empty"), body: t("hosts.emptyBody"), action: <AddHostButton /> }}
    />
  );
}
