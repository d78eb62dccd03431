import { Alert, Card, CardBody, CardTitle, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Image, Vm } from "../../../api/types";
import { ActionToolbar } from "../../../shared/actions/ActionViews";
import { useActions } from "../../../shared/actions/useActions";
import { Facts } from "../../../shared/components/Facts";
import { PageHeading } from "../../../shared/components/PageHeading";
import { Failed, Loading } from "../../../shared/components/states";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useVmReason } from "../../../shared/i18n/words";
import { useOne } from "../../../shared/list/useList";
import { VmPeers } from "../../flows/VmPeers";
import { vmActions } from "../actions/vmActions";
import { ExternalLabel } from "../ExternalLabel";
import { ProtectedLabel } from "../ProtectedLabel";
import { VmDevices } from "./VmDevices";
import { VmTasks } from "./VmTasks";

export function VmPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const format = useFormat();
  const vmReason = useVmReason();
  const runner = useActions<Vm>("vms");
  const { data: vm, error, refetch } = useOne<Vm>("vms", id);
  const { data: image } = useOne<Image>("images", vm?.imageId);
  const parent = { label: t("vms.title"), to: "/vms" };
  if (vm === undefined || (error !== null && vm.id !== id)) {
    return (
      <>
        <PageHeading title={t("vms.title")} parent={parent} />
        {error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />}
      </>
    );
  }
  return (
    <>
      <PageHeading
        title={vm.name}
        parent={parent}
        labels={
          <>
            <StatusLabel of="vm" value={vm.status} reason={vmReason(vm.statusReason)} />
            {vm.external && <ExternalLabel />}
            {vm.deleteProtected && <ProtectedLabel />}
          </>
        }
        actions={<ActionToolbar actions={vmActions} item={vm} runner={runner} />}
      />
      <PageSection isFilled>
        <Grid hasGutter>
          {vm.conditions.map((condition) => (
            <GridItem span={12} key={condition.code}>
              <Alert
                isInline
                variant="warning"
                title={t(`vmCondition.${condition.code}`, { defaultValue: condition.code })}
                component="h2"
              >
                {condition.message}
              </Alert>
            </GridItem>
          ))}
          <VmTasks vm={vm} />
          <GridItem lg={6}>
            <Facts
              title={t("vms.overview")}
              facts={[
                [t("common.description"), vm.description],
                [t("common.statusSince"), format.time(vm.statusSince)],
                [t("common.statusReason"), vmReason(vm.statusReason)],
                [
                  t("vms.host"),
                  vm.hostId ? (
                    <Link key="host" to={`/hosts/${vm.hostId}`} data-testid="vm-host">
                      {vm.hostName}
                    </Link>
                  ) : null,
                ],
                [t("vms.vcpus"), format.number(vm.vcpus)],
                [t("vms.memory"), format.mebibytes(vm.memoryMiB)],
                [t("vms.firmware"), vm.firmware],
                [t("vms.image"), image?.name],
                [t("common.createdAt"), format.time(vm.createdAt)],
                [t("common.id"), <code key="id">{vm.id}</code>],
              ]}
            />
          </GridItem>
          <GridItem lg={6}>
            <Card isFullHeight>
              <CardTitle component="h2">{t("vms.devices")}</CardTitle>
              <CardBody>
                <VmDevices vm={vm} />
              </CardBody>
            </Card>
          </GridItem>
          <VmPeers vm={vm} />
        </Grid>
      </PageSection>
      {runner.dialogs}
    </>
  );
}
