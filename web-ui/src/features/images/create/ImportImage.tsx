import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { NewImage, Task } from "../../../api/types";
import { Explained } from "../../../shared/components/Explained";
import { TextField } from "../../../shared/components/fields";
import { ProblemAlert } from "../../../shared/components/Problem";
import { api, ApiError } from "../../../shared/http/client";
import { useNotifications } from "../../../shared/notifications/notifications";
import { keys } from "../../../shared/queryKeys";
import { usePermission } from "../../../shared/session/session";

export function ImportImageButton() {
  const { t } = useTranslation();
  const allowed = usePermission()("IMAGE_CREATE");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Explained reason={allowed ? undefined : t("actions.missingPermission", { permission: "IMAGE_CREATE" })}>
        <Button variant="primary" isAriaDisabled={!allowed} onClick={() => setOpen(true)}>
          {t("images.import")}
        </Button>
      </Explained>
      {isOpen && <ImportImageDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportImageDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const notifications = useNotifications();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [incomingFile, setIncomingFile] = useState("");
  const [error, setError] = useState<unknown>();
  const fieldError = (field: string) => (error instanceof ApiError ? error.field(field) : undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    try {
      const image: NewImage = { name, description: description || undefined, incomingFile };
      const task = await api.post<Task>("/images", { body: image });
      client.setQueryData(keys.one("tasks", task.id), task);
      notifications.taskStarted(task);
      void client.invalidateQueries({ queryKey: keys.all("images") });
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="import-title">
      <ModalHeader labelId="import-title" title={t("images.import")} description={t("images.importBody")} />
      <ModalBody>
        <Form id="import-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={t("images.importFailed")} error={error} />}
          <TextField
            id="image-name"
            label={t("common.name")}
            isRequired
            autoFocus
            value={name}
            onChange={setName}
            error={fieldError("name")}
          />
          <TextField
            id="image-file"
            label={t("images.incomingFile")}
            isRequired
            value={incomingFile}
            onChange={setIncomingFile}
            error={fieldError("incomingFile")}
            help={t("images.incomingFileHelp")}
          />
          <TextField
            id="image-description"
            label={t("common.description")}
            value={description}
            onChange={setDescription}
            error={fieldError("description")}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="import-form">
          {t("images.import")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
