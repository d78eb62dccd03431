import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Vm } from "../../../api/types";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useVmReason } from "../../../shared/i18n/words";
import { ListPage } from "../../../shared/list/ListPage";
import type { Column } from "../../../shared/list/ListTable";
import { vmActions } from "../actions/vmActions";
import { ExternalLabel } from "../ExternalLabel";
import { ProtectedLabel } from "../ProtectedLabel";
import { CreateVmButton } from "../create/CreateVmButton";

const STATES = ["UP", "DOWN", "STARTING", "MIGRATING", "PAUSED", "STOPPING", "REBOOTING", "UNKNOWN", "LOCKED"];

export function useVmColumns({ withHost = true }: { withHost?: boolean } = {}): Column<Vm>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const vmReason = useVmReason();
  const columns: Column<Vm>[] = [
    {
      id: "name",
      label: t("common.name"),
      sort: "name",
      render: (vm) => (
        <>
          <Link to={`/vms/${vm.id}`}>{vm.name}</Link> {vm.external && <ExternalLabel />}
          {vm.deleteProtected && <ProtectedLabel />}
        </>
      ),
    },
    {
      id: "status",
      label: t("common.status"),
      sort: "status",
      render: (vm) => <StatusLabel of="vm" value={vm.status} reason={vmReason(vm.statusReason)} />,
    },
    {
      id: "host",
      label: t("vms.host"),
      render: (vm) => (vm.hostId ? <Link to={`/hosts/${vm.hostId}`}>{vm.hostName}</Link> : "–"),
    },
    { id: "address", label: t("vms.address"), render: (vm) => vm.nics.map((nic) => nic.address).join(", ") || "–" },
    { id: "vcpus", label: t("vms.vcpus"), isNumeric: true, render: (vm) => format.number(vm.vcpus) },
    { id: "memory", label: t("vms.memory"), isNumeric: true, render: (vm) => format.mebibytes(vm.memoryMiB) },
    { id: "createdAt", label: t("common.createdAt"), sort: "createdAt", render: (vm) => format.time(vm.createdAt) },
  ];
  return withHost ? columns : columns.filter((column) => column.id !== "host");
}

export function VmsPage() {
  const { t } = useTranslation();
  const columns = useVmColumns();
  return (
    <ListPage<Vm>
      noun="vms"
      title={t("vms.title")}
      columns={columns}
      defaultSort="name"
      searchPlaceholder={t("vms.searchPlaceholder")}
      filter={{
        field: "status",
        label: t("common.status"),
        values: STATES.map((value) => ({ value, label: t(`status.vm.${value}`) })),
      }}
      actions={vmActions}
      create={<CreateVmButton />}
      empty={{ title: t("vms.empty"), body: t("vms.emptyBody"), action: <CreateVmButton /> }}
    />
  );
}
