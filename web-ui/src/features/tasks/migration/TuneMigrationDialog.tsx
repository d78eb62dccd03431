import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { MigrationLimits, Task } from "../../../api/types";
import type { DialogProps } from "../../../shared/actions/action";
import { Explained } from "../../../shared/components/Explained";
import { NumberField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { api, ApiError } from "../../../shared/http/client";
import { useNotifications } from "../../../shared/notifications/notifications";

/** Changes the limits of a migration while it runs. */
export function TuneMigrationDialog({ item: task, onClose }: DialogProps<Task>) {
  const { t } = useTranslation();
  const notifications = useNotifications();
  const [limits, setLimits] = useState<MigrationLimits>({});
  const [error, setError] = useState<unknown>();
  const isEmpty = limits.maxDowntimeMs === undefined && limits.bandwidthMiBPerSecond === undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isEmpty) {
      return;
    }
    try {
      await api.patch<undefined>(`/vms/${task.target.id}/migration`, { body: limits });
      notifications.succeeded(t("migration.tuned"));
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  const fieldError = (name: string) => (error instanceof ApiError ? error.field(name) : undefined);
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="tune-title">
      <ModalHeader labelId="tune-title" title={t("migration.tune")} description={t("migration.tuneBody")} />
      <ModalBody>
        <Form id="tune-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={t("migration.tuneFailed")} error={error} />}
          <NumberField
            id="tune-downtime"
            label={t("migration.maxDowntime")}
            unit="ms"
            value={limits.maxDowntimeMs}
            onChange={(maxDowntimeMs) => setLimits({ ...limits, maxDowntimeMs })}
            error={fieldError("maxDowntimeMs")}
          />
          <NumberField
            id="tune-bandwidth"
            label={t("migration.maxBandwidth")}
            unit="MiB/s"
            value={limits.bandwidthMiBPerSecond}
            onChange={(bandwidthMiBPerSecond) => setLimits({ ...limits, bandwidthMiBPerSecond })}
            error={fieldError("bandwidthMiBPerSecond")}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Explained reason={isEmpty ? t("migration.tuneEmpty") : undefined}>
          <Button type="submit" form="tune-form" isAriaDisabled={isEmpty}>
            {t("migration.apply")}
          </Button>
        </Explained>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
