import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../../shared/components/Problem";

interface Props {
  title: string;
  body: string;
  verb: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something ends; stays open, and says why, when the manager refuses. */
export function RemoveDialog({ title, body, verb, onConfirm, onClose }: Props) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="remove-title" aria-describedby="remove-body">
      <ModalHeader labelId="remove-title" title={title} titleIconVariant="warning" />
      <ModalBody id="remove-body">
        {body}
        {error !== undefined && <ProblemAlert title={t("account.refused")} error={error} />}
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" isLoading={isBusy} isDisabled={isBusy} onClick={() => void confirm()}>
          {verb}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
