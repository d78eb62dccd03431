import {
  Alert,
  Button,
  ExpandableSection,
  Form,
  FormGroup,
  Grid,
  GridItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Radio,
  Switch,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Candidates, MigrateVm, MigrationPolicy, Task, Vm } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { NumberField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { Loading } from "../../../shared/components/states";
import { api, ApiError } from "../../../shared/http/client";
import { useNotifications } from "../../../shared/notifications/notifications";
import { keys } from "../../../shared/queryKeys";
import { CandidateList } from "../placement/CandidateList";

const FORM_ID = "migrate-form";

/** The request of what was chosen; an untouched policy is left to the manager. */
export function migrateRequest(targetHostId: string | undefined, policy: MigrationPolicy): MigrateVm {
  return { targetHostId, policy: Object.keys(policy).length === 0 ? undefined : policy };
}

export function MigrateDialog({ item: vm, onClose }: DialogProps<Vm>) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const notifications = useNotifications();
  const [targetHostId, setTargetHostId] = useState<string>();
  const [policy, setPolicy] = useState<MigrationPolicy>({});
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const targets = useQuery({
    queryKey: keys.migrationTargets(vm.id),
    queryFn: ({ signal }) => api.get<Candidates>(`/vms/${vm.id}/migration-targets`, undefined, signal),
    staleTime: 0,
    retry: false,
  });
  const candidates = targets.data?.candidates;
  const isImpossible = candidates !== undefined && !candidates.some((candidate) => candidate.accepted);
  const fieldError = (name: string) =>
    error instanceof ApiError ? (error.field(`policy.${name}`) ?? error.field(name)) : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const task = await api.post<Task>(`/vms/${vm.id}/migrate`, {
        body: migrateRequest(targetHostId, policy),
        idempotencyKey,
      });
      client.setQueryData(keys.one("tasks", task.id), task);
      notifications.taskStarted(task);
      void client.invalidateQueries({ queryKey: keys.one("vms", vm.id) });
      void client.invalidateQueries({ queryKey: keys.lists("tasks") });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
      if (failure instanceof ApiError && failure.status !== 0) {
        setIdempotencyKey(crypto.randomUUID());
      }
    }
  };

  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="migrate-title">
      <ModalHeader
        labelId="migrate-title"
        title={t("migrate.title", { name: vm.name })}
        description={t("migrate.about", { host: vm.hostName ?? "–" })}
      />
      <ModalBody>
        <Form id={FORM_ID} onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={t("migrate.failed")} error={error} />}
          {targets.isPending && <Loading />}
          {targets.error !== null && <ProblemAlert title={t("migrate.targetsFailed")} error={targets.error} />}
          {isImpossible && (
            <Alert variant="warning" isInline title={t("migrate.nowhere")}>
              {t("migrate.nowhereBody")}
            </Alert>
          )}
          {candidates !== undefined && (
            <FormGroup role="radiogroup" label={t("migrate.target")} fieldId="migrate-target">
              <Radio
                id="migrate-target-automatic"
                name="migrate-target"
                label={t("migrate.automatic")}
                description={t("migrate.automaticBody")}
                isChecked={targetHostId === undefined}
                isDisabled={isImpossible}
                onChange={() => setTargetHostId(undefined)}
              />
              <CandidateList
                candidates={candidates}
                label={t("migrate.target")}
                choice={{ name: "migrate-target", value: targetHostId, onChange: setTargetHostId }}
              />
            </FormGroup>
          )}
          <ExpandableSection toggleText={t("migrate.policy")}>
            <div className="meseta-form-part">
              <Grid hasGutter>
                <GridItem md={6}>
                  <NumberField
                    id="migrate-downtime"
                    label={t("migration.maxDowntime")}
                    unit="ms"
                    placeholder="300"
                    value={policy.maxDowntimeMs}
                    onChange={(maxDowntimeMs) => setPolicy({ ...policy, maxDowntimeMs })}
                    error={fieldError("maxDowntimeMs")}
                    help={t("migration.maxDowntimeHelp")}
                  />
                </GridItem>
                <GridItem md={6}>
                  <NumberField
                    id="migrate-bandwidth"
                    label={t("migration.maxBandwidth")}
                    unit="MiB/s"
                    value={policy.bandwidthMiBPerSecond}
                    onChange={(bandwidthMiBPerSecond) => setPolicy({ ...policy, bandwidthMiBPerSecond })}
                    error={fieldError("bandwidthMiBPerSecond")}
                    help={t("migration.maxBandwidthHelp")}
                  />
                </GridItem>
              </Grid>
              <Switch
                id="migrate-auto-converge"
                label={t("migrate.autoConverge")}
                isChecked={policy.autoConverge ?? true}
                onChange={(_event, autoConverge) => setPolicy({ ...policy, autoConverge })}
              />
              <Switch
                id="migrate-post-copy"
                label={t("migrate.postCopyAllowed")}
                isChecked={policy.postCopyAllowed === true}
                onChange={(_event, postCopyAllowed) => setPolicy({ ...policy, postCopyAllowed })}
              />
            </div>
          </ExpandableSection>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form={FORM_ID}
          isLoading={isBusy}
          isDisabled={isBusy || candidates === undefined || isImpossible}
        >
          {t("vms.migrate")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
