import { Button, Content, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { NewRecoveryCodes, PasskeyQuestion } from "../../api/types";
import { TextField } from "../../shared/components/fields";
import { api, ApiError } from "../../shared/http/client";
import { SignInProblem } from "../../shared/signin/SignInProblem";
import { makePasskey } from "../../shared/signin/webauthn";

interface Props {
  onEnrolled: (recoveryCodes: string[]) => void;
  onClose: () => void;
}

/** Lets the browser make a passkey. */
export function AddPasskeyDialog({ onEnrolled, onClose }: Props) {
  const { t } = useTranslation();
  const [label, setLabel] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { options } = await api.post<PasskeyQuestion>("/account/passkeys/options");
      const credential = await makePasskey(options);
      const { recoveryCodes } = await api.post<NewRecoveryCodes>("/account/passkeys", { body: { label, credential } });
      onEnrolled(recoveryCodes);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const wrongLabel = error instanceof ApiError ? error.field("label") : undefined;
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="passkey-title">
      <ModalHeader labelId="passkey-title" title={t("account.passkeys.add")} description={t("account.passkeys.addBody")} />
      <ModalBody>
        <Form id="passkey-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && wrongLabel === undefined && <SignInProblem error={error} title={t("account.passkeys.failed")} />}
          <TextField
            id="passkey-label"
            label={t("account.passkeys.label")}
            help={t("account.passkeys.labelHelp")}
            error={wrongLabel}
            isRequired
            autoFocus
            value={label}
            onChange={setLabel}
          />
          {isBusy && <Content component="p">{t("signIn.passkeyBody")}</Content>}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="passkey-form" isLoading={isBusy} isDisabled={isBusy || label.trim() === ""}>
          {t("account.passkeys.make")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
