import {
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
  Switch,
  TextArea,
} from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Cluster, CreateVm, Firmware, Host, Image, Network, Task } from "../../../api/types";
import { NumberField, SelectField, TextField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { useFormat } from "../../../shared/format/useFormat";
import { api, ApiError } from "../../../shared/http/client";
import { useList } from "../../../shared/list/useList";
import { useNotifications } from "../../../shared/notifications/notifications";
import { keys } from "../../../shared/queryKeys";
import { useDebounced } from "../../../shared/useDebounced";
import { EMPTY_FORM, toPreview, toRequest, validate, type CreateVmForm } from "./createVmForm";
import { PlacementPreview } from "./PlacementPreview";

const FORM_ID = "create-vm-form";
const ALL_BY_NAME = { sort: "name", limit: 500 };
const CLOUD_CONFIG = "#cloud-config";
const PREVIEW_PAUSE_MS = 350;

export function CreateVmDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const notifications = useNotifications();
  const images = useList<Image>("images", ALL_BY_NAME);
  const clusters = useList<Cluster>("clusters", ALL_BY_NAME);
  const networks = useList<Network>("networks", ALL_BY_NAME);
  const hosts = useList<Host>("hosts", ALL_BY_NAME);
  const [form, setForm] = useState<CreateVmForm>(EMPTY_FORM);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  // A repeat after a lost answer carries the same key, so that it cannot make a second VM.
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());

  const ready = (images.data?.items ?? []).filter((image) => image.status === "READY");
  const only = ready.length === 1 ? ready[0] : undefined;
  const filled = form.imageId === "" && only !== undefined ? { ...form, imageId: only.id } : form;
  const errors = validate(filled);
  // Compared as text, so that only a change of what is asked asks again.
  const settled = useDebounced(JSON.stringify(toPreview(filled) ?? null), PREVIEW_PAUSE_MS);
  const preview = (JSON.parse(settled) as CreateVm | null) ?? undefined;

  const set = (change: Partial<CreateVmForm>) => setForm({ ...filled, ...change });
  const fieldError = (name: keyof CreateVmForm): string | undefined => {
    const fromServer = error instanceof ApiError ? error.field(name) : undefined;
    const message = errors[name];
    // An untouched form is not wrong yet.
    const isShown = isTried || (name !== "name" && name !== "imageId") || (name === "name" && filled.name !== "");
    return fromServer ?? (message !== undefined && isShown ? t(message.key, message.values) : undefined);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const request = toRequest(filled);
    if (request === undefined) {
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      const task = await api.post<Task>("/vms", { body: request, idempotencyKey });
      client.setQueryData(keys.one("tasks", task.id), task);
      notifications.taskStarted(task);
      void client.invalidateQueries({ queryKey: keys.lists("vms") });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
      if (failure instanceof ApiError && failure.status !== 0) {
        setIdempotencyKey(crypto.randomUUID());
      }
    }
  };

  const automatic = { value: "", label: t("vms.form.automatic") };
  return (
    <Modal variant="large" isOpen onClose={onClose} aria-labelledby="create-vm-title" className="meseta-create-vm">
      <ModalHeader labelId="create-vm-title" title={t("vms.create")} description={t("vms.form.about")} />
      <ModalBody>
        <Grid hasGutter>
          <GridItem lg={6}>
            <Form id={FORM_ID} onSubmit={(event) => void submit(event)} noValidate>
              {error !== undefined && <ProblemAlert title={t("vms.form.failed")} error={error} />}
              <TextField
                id="vm-name"
                label={t("common.name")}
                isRequired
                autoFocus
                value={filled.name}
                onChange={(name) => set({ name })}
                error={fieldError("name")}
                help={t("vms.form.nameHelp")}
              />
              <SelectField
                id="vm-image"
                label={t("vms.image")}
                isRequired
                value={filled.imageId}
                onChange={(imageId) => set({ imageId })}
                error={fieldError("imageId")}
                help={images.data !== undefined && ready.length === 0 ? t("vms.form.noImages") : undefined}
                options={[
                  { value: "", label: t("vms.form.chooseImage") },
                  ...ready.map((image) => ({
                    value: image.id,
                    label: image.virtualSizeMiB
                      ? `${image.name} (${format.mebibytes(image.virtualSizeMiB)})`
                      : image.name,
                  })),
                ]}
              />
              <Grid hasGutter>
                <GridItem span={6}>
                  <NumberField
                    id="vm-vcpus"
                    label={t("vms.vcpus")}
                    isRequired
                    value={filled.vcpus}
                    onChange={(vcpus) => set({ vcpus })}
                    error={fieldError("vcpus")}
                  />
                </GridItem>
                <GridItem span={6}>
                  <NumberField
                    id="vm-memory"
                    label={t("vms.memory")}
                    unit="MiB"
                    isRequired
                    step={64}
                    value={filled.memoryMiB}
                    onChange={(memoryMiB) => set({ memoryMiB })}
                    error={fieldError("memoryMiB")}
                  />
                </GridItem>
              </Grid>
              <Switch
                id="vm-start"
                label={t("vms.form.start")}
                isChecked={filled.start}
                onChange={(_event, start) => set({ start })}
              />
              <ExpandableSection toggleText={t("vms.form.more")}>
                <div className="meseta-form-part">
                  <TextField
                    id="vm-description"
                    label={t("common.description")}
                    value={filled.description}
                    onChange={(description) => set({ description })}
                    error={fieldError("description")}
                  />
                  <NumberField
                    id="vm-disk"
                    label={t("vms.form.diskSize")}
                    unit="MiB"
                    value={filled.diskSizeMiB}
                    onChange={(diskSizeMiB) => set({ diskSizeMiB })}
                    error={fieldError("diskSizeMiB")}
                    help={t("vms.form.diskSizeHelp")}
                  />
                  <SelectField
                    id="vm-firmware"
                    label={t("vms.firmware")}
                    value={filled.firmware}
                    onChange={(firmware) => set({ firmware: firmware as Firmware })}
                    options={[
                      { value: "BIOS", label: "BIOS" },
                      { value: "UEFI", label: "UEFI" },
                    ]}
                  />
                  <SelectField
                    id="vm-cluster"
                    label={t("vms.cluster")}
                    value={filled.clusterId}
                    onChange={(clusterId) => set({ clusterId })}
                    error={fieldError("clusterId")}
                    options={[
                      automatic,
                      ...(clusters.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                  />
                  <SelectField
                    id="vm-host"
                    label={t("vms.form.requiredHost")}
                    value={filled.hostId}
                    onChange={(hostId) => set({ hostId })}
                    error={fieldError("hostId")}
                    help={t("vms.form.requiredHostHelp")}
                    options={[
                      automatic,
                      ...(hosts.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                  />
                  <SelectField
                    id="vm-network"
                    label={t("vms.network")}
                    value={filled.networkId}
                    onChange={(networkId) => set({ networkId })}
                    error={fieldError("networkId")}
                    options={[
                      automatic,
                      ...(networks.data?.items ?? []).map(({ id, name, subnet }) => ({
                        value: id,
                        label: `${name} (${subnet})`,
                      })),
                    ]}
                  />
                  <FormGroup label={t("vms.form.userData")} fieldId="vm-user-data">
                    <TextArea
                      id="vm-user-data"
                      rows={4}
                      resizeOrientation="vertical"
                      value={filled.userData}
                      placeholder={CLOUD_CONFIG}
                      onChange={(_event, userData) => set({ userData })}
                    />
                  </FormGroup>
                </div>
              </ExpandableSection>
            </Form>
          </GridItem>
          <GridItem lg={6}>
            <PlacementPreview request={preview} />
          </GridItem>
        </Grid>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={FORM_ID} isLoading={isBusy} isDisabled={isBusy}>
          {t("vms.form.submit")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
