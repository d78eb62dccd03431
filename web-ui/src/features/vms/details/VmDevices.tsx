import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Title } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Network, Vm } from "../../../api/types";
import { useFormat } from "../../../shared/format/useFormat";
import { useList } from "../../../shared/list/useList";

export function VmDevices({ vm }: { vm: Vm }) {
  const { t } = useTranslation();
  const format = useFormat();
  const networks = useList<Network>("networks", { sort: "name", limit: 500 }, vm.nics.length > 0);
  const networkName = (id: string) => networks.data?.items.find((network) => network.id === id)?.name ?? "–";
  return (
    <>
      <Title headingLevel="h3" size="md">
        {t("vms.disks")}
      </Title>
      <Table variant="compact" borders={false} aria-label={t("vms.disks")}>
        <Thead>
          <Tr>
            <Th>{t("vms.diskIndex")}</Th>
            <Th>{t("common.status")}</Th>
            <Th className="meseta-numeric">{t("vms.diskSize")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {vm.disks.map((disk) => (
            <Tr key={disk.id}>
              <Td dataLabel={t("vms.diskIndex")}>{disk.index}</Td>
              <Td dataLabel={t("common.status")}>{t(`status.disk.${disk.status}`, { defaultValue: disk.status })}</Td>
              <Td dataLabel={t("vms.diskSize")} className="meseta-numeric">
                {format.mebibytes(disk.sizeMiB)}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      <Title headingLevel="h3" size="md">
        {t("vms.nics")}
      </Title>
      <Table variant="compact" borders={false} aria-label={t("vms.nics")}>
        <Thead>
          <Tr>
            <Th>{t("vms.network")}</Th>
            <Th>{t("vms.address")}</Th>
            <Th>{t("vms.mac")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {vm.nics.map((nic) => (
            <Tr key={nic.id}>
              <Td dataLabel={t("vms.network")}>{networkName(nic.networkId)}</Td>
              <Td dataLabel={t("vms.address")}>
                <code>{nic.address ?? "–"}</code>
              </Td>
              <Td dataLabel={t("vms.mac")}>
                <code>{nic.macAddress}</code>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}
