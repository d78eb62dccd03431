import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "../http/client";
import { keys, type Noun } from "../queryKeys";
import { Explained } from "./Explained";
import { ProblemAlert } from "./Problem";

interface Props {
  title: string;
  body?: string;
  submitLabel: string;
  isDanger?: boolean;
  /** Why it cannot be sent yet. */
  blocked?: string;
  /** Title over what the manager refused. */
  failed: string;
  save: () => Promise<unknown>;
  /** What has changed then. */
  changes: Noun[];
  onClose: () => void;
  children: (fieldError: (field: string) => string | undefined) => ReactNode;
}

/** A form in a dialog, which closes when the manager has taken it. */
export function FormDialog({
  title,
  body,
  submitLabel,
  isDanger = false,
  blocked,
  failed,
  save,
  changes,
  onClose,
  children,
}: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (blocked !== undefined || isBusy) {
      return;
    }
    setError(undefined);
    setBusy(true);
    try {
      await save();
      await Promise.all(changes.map((noun) => client.invalidateQueries({ queryKey: keys.all(noun) })));
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal variant="medium" isOpen onClose={onClose} aria-labelledby="form-dialog-title">
      <ModalHeader labelId="form-dialog-title" title={title} description={body} />
      <ModalBody>
        <Form id="form-dialog" onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={failed} error={error} />}
          {children((field) => (error instanceof ApiError ? error.field(field) : undefined))}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Explained reason={blocked}>
          <Button
            type="submit"
            form="form-dialog"
            variant={isDanger ? "danger" : "primary"}
            isAriaDisabled={blocked !== undefined}
            isLoading={isBusy}
          >
            {submitLabel}
          </Button>
        </Explained>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
