import { Button, ClipboardCopy, Content, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { NewRecoveryCodes, NewTotp } from "../../api/types";
import { ProblemAlert } from "../../shared/components/Problem";
import { api } from "../../shared/http/client";
import { QrCode } from "./QrCode";

interface Props {
  totp: NewTotp;
  /** With recovery codes, if there were none yet. */
  onEnrolled: (recoveryCodes: string[]) => void;
  onClose: () => void;
}

/** Shows the secret to an authenticator application, and proves that it has it. */
export function EnrolTotpDialog({ totp, onEnrolled, onClose }: Props) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { recoveryCodes } = await api.post<NewRecoveryCodes>("/account/totp/confirm", { body: { code } });
      onEnrolled(recoveryCodes);
    } catch (failure) {
      setCode("");
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="totp-title">
      <ModalHeader labelId="totp-title" title={t("account.totp.enrol")} description={t("account.totp.scan")} />
      <ModalBody>
        <QrCode text={totp.uri} label={t("account.totp.qr")} />
        <Content component="p">{t("account.totp.orType")}</Content>
        <ClipboardCopy
          isReadOnly
          isCode
          data-testid="totp-secret"
          hoverTip={t("actions.copy")}
          clickTip={t("actions.copied")}
          textAriaLabel={t("account.totp.secret")}
        >
          {totp.secret}
        </ClipboardCopy>
        <Form id="totp-form" className="meseta-form-part" onSubmit={(event) => void submit(event)}>
          {error !== undefined && <ProblemAlert title={t("account.totp.failed")} error={error} />}
          <FormGroup label={t("account.totp.code")} isRequired fieldId="totp-code">
            <TextInput
              id="totp-code"
              name="totp-code"
              autoComplete="one-time-code"
              inputMode="numeric"
              isRequired
              autoFocus
              value={code}
              onChange={(_event, value) => setCode(value.trim())}
            />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="totp-form" isLoading={isBusy} isDisabled={isBusy || code === ""}>
          {t("account.totp.confirm")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
