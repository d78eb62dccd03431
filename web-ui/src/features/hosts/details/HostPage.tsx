import { Alert, Card, CardBody, CardTitle, Content, Grid, GridItem, Label, LabelGroup, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Host, Vm } from "../../../api/types";
import { ActionToolbar } from "../../../shared/actions/ActionViews";
import { useActions } from "../../../shared/actions/useActions";
import { Facts } from "../../../shared/components/Facts";
import { PageHeading } from "../../../shared/components/PageHeading";
import { Failed, Loading } from "../../../shared/components/states";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useCapability, useHostCondition } from "../../../shared/i18n/words";
import { ListTable } from "../../../shared/list/ListTable";
import { useList, useOne } from "../../../shared/list/useList";
import { vmActions } from "../../vms/actions/vmActions";
import { useVmColumns } from "../../vms/list/VmsPage";
import { hostActions } from "../actions/hostActions";
import { Acceleration } from "../list/HostsPage";
import { Usage } from "../Usage";

const SHOWN_VMS = 50;

function HostVms({ host }: { host: Host }) {
  const { t } = useTranslation();
  const columns = useVmColumns({ withHost: false }).map((column) => ({ ...column, sort: undefined }));
  const runner = useActions<Vm>("vms");
  const { data, error } = useList<Vm>("vms", { q: `host:${host.name}`, sort: "name", limit: SHOWN_VMS });
  const vms = data?.items ?? [];
  return (
    <Card>
      <CardTitle component="h2">{t("hosts.vms")}</CardTitle>
      <CardBody>
        {error !== null && <Failed error={error} />}
        {data !== undefined && vms.length === 0 && <Content component="p">{t("hosts.noVms")}</Content>}
        {vms.length > 0 && (
          <ListTable label={t("hosts.vms")} columns={columns} rows={vms} actions={vmActions} runner={runner} />
        )}
      </CardBody>
      {runner.dialogs}
    </Card>
  );
}

export function HostPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const format = useFormat();
  const capabilityName = useCapability();
  const conditionWords = useHostCondition();
  const runner = useActions<Host>("hosts");
  const { data: host, error, refetch } = useOne<Host>("hosts", id);
  const parent = { label: t("hosts.title"), to: "/hosts" };
  if (host === undefined) {
    return (
      <>
        <PageHeading title={t("hosts.title")} parent={parent} />
        {error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />}
      </>
    );
  }
  const { statistics } = host;
  return (
    <>
      <PageHeading
        title={host.name}
        parent={parent}
        labels={<StatusLabel of="host" value={host.status} reason={host.statusReason} />}
        actions={<ActionToolbar actions={hostActions} item={host} runner={runner} />}
      />
      <PageSection isFilled>
        <Grid hasGutter>
          {host.conditions.map((condition) => (
            <GridItem span={12} key={condition.code}>
              <Alert variant="warning" isInline title={conditionWords(condition.code) || condition.message}>
                {conditionWords(condition.code) !== "" && condition.message}
                <Content component="small" className="meseta-problem-code">
                  {t("problem.code")} <code>{condition.code}</code>
                </Content>
              </Alert>
            </GridItem>
          ))}
          <GridItem lg={6}>
            <Facts
              title={t("hosts.capacity")}
              facts={[
                [
                  t("hosts.vcpusReserved"),
                  <Usage
                    key="vcpus"
                    label={t("hosts.vcpusReserved")}
                    value={host.reserved.vcpus}
                    max={host.cpus ?? 0}
                    text={t("hosts.ofCpus", { used: host.reserved.vcpus, total: host.cpus ?? "–" })}
                  />,
                ],
                [
                  t("hosts.memoryReserved"),
                  <Usage
                    key="memory"
                    label={t("hosts.memoryReserved")}
                    value={host.reserved.memoryMiB}
                    max={host.memoryMiB ?? 0}
                    text={t("hosts.of", {
                      used: format.mebibytes(host.reserved.memoryMiB),
                      total: format.mebibytes(host.memoryMiB),
                    })}
                  />,
                ],
                [
                  t("hosts.cpuUsage"),
                  statistics && (
                    <Usage
                      key="cpu"
                      label={t("hosts.cpuUsage")}
                      value={statistics.cpuUsagePercent}
                      max={100}
                      text={format.percent(statistics.cpuUsagePercent)}
                    />
                  ),
                ],
                [
                  t("hosts.memoryUsage"),
                  statistics && (
                    <Usage
                      key="used"
                      label={t("hosts.memoryUsage")}
                      value={statistics.memoryUsedMiB}
                      max={host.memoryMiB ?? 0}
                      text={t("hosts.of", {
                        used: format.mebibytes(statistics.memoryUsedMiB),
                        total: format.mebibytes(host.memoryMiB),
                      })}
                    />
                  ),
                ],
                [t("hosts.vms"), format.number(host.reserved.vms)],
                [t("common.statusSince"), format.time(host.statusSince)],
                [t("common.statusReason"), host.statusReason],
                [t("hosts.observedAt"), format.time(host.observedAt)],
              ]}
            />
          </GridItem>
          <GridItem lg={6}>
            <Facts
              title={t("hosts.about")}
              facts={[
                [t("hosts.hostname"), host.hostname],
                [t("hosts.acceleration"), <Acceleration key="acceleration" host={host} />],
                [t("hosts.cpuModel"), host.cpuModel],
                [t("hosts.kernel"), host.kernelVersion],
                [t("hosts.qemu"), host.qemuVersion],
                [t("hosts.libvirt"), host.libvirtVersion],
                [t("hosts.agent"), host.agentVersion],
                [t("hosts.agentAddress"), host.agentAddress],
                [t("hosts.migrationAddress"), host.migrationAddress],
                [
                  t("hosts.capabilities"),
                  host.capabilities.length > 0 && (
                    <LabelGroup
                      key="capabilities"
                      numLabels={8}
                      collapsedText={t("common.showMore")}
                      expandedText={t("common.showLess")}
                      aria-label={t("hosts.capabilities")}
                    >
                      {host.capabilities.map((capability) => (
                        <Label key={capability} isCompact variant="outline">
                          {capabilityName(capability)}
                        </Label>
                      ))}
                    </LabelGroup>
                  ),
                ],
              ]}
            />
          </GridItem>
          <GridItem span={12}>
            <HostVms host={host} />
          </GridItem>
        </Grid>
      </PageSection>
      {runner.dialogs}
    </>
  );
}
