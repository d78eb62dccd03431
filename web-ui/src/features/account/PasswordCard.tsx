import { Button, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, ApiError } from "../../shared/http/client";
import { useNotifications } from "../../shared/notifications/notifications";
import { SignInProblem } from "../../shared/signin/SignInProblem";
import { useAccountChanged } from "./factors";
import { Section } from "./Section";

export function PasswordCard() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section
      id="password"
      title={t("account.password.title")}
      help={t("account.password.help")}
      actions={
        <Button variant="secondary" onClick={() => setOpen(true)}>
          {t("account.password.change")}
        </Button>
      }
    >
      {isOpen && <PasswordDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

interface FieldProps {
  id: string;
  label: string;
  autoComplete: string;
  value: string;
  onChange: (value: string) => void;
  error?: string;
  help?: string;
}

function PasswordField({ id, label, autoComplete, value, onChange, error, help }: FieldProps) {
  const text = error ?? help;
  return (
    <FormGroup label={label} isRequired fieldId={id}>
      <TextInput
        id={id}
        name={id}
        type="password"
        autoComplete={autoComplete}
        isRequired
        value={value}
        validated={error === undefined ? "default" : "error"}
        aria-describedby={text === undefined ? undefined : `${id}-help`}
        onChange={(_event, next) => onChange(next)}
      />
      {text !== undefined && (
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant={error === undefined ? "default" : "error"}>{text}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const notifications = useNotifications();
  const changed = useAccountChanged();
  const [present, setPresent] = useState("");
  const [wanted, setWanted] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const differs = again !== "" && again !== wanted;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await api.post<undefined>("/account/password", { body: { present, wanted } });
      notifications.succeeded(t("account.password.changed"), t("account.password.changedBody"));
      await changed();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const of = (field: string) => (error instanceof ApiError ? error.field(field) : undefined);
  const isOfField = of("present") !== undefined || of("wanted") !== undefined;
  return (
    <Modal variant="small" isOpen onClose={onClose} aria-labelledby="password-title">
      <ModalHeader labelId="password-title" title={t("account.password.change")} />
      <ModalBody>
        <Form id="password-form" onSubmit={(event) => void submit(event)}>
          {error !== undefined && !isOfField && <SignInProblem error={error} title={t("account.password.failed")} />}
          <PasswordField
            id="present"
            label={t("account.password.present")}
            autoComplete="current-password"
            value={present}
            onChange={setPresent}
            error={of("present") === undefined ? undefined : t("signIn.wrong.PASSWORD")}
          />
          <PasswordField
            id="wanted"
            label={t("account.password.wanted")}
            autoComplete="new-password"
            value={wanted}
            onChange={setWanted}
            error={of("wanted")}
            help={t("account.password.rules")}
          />
          <PasswordField
            id="again"
            label={t("account.password.again")}
            autoComplete="new-password"
            value={again}
            onChange={setAgain}
            error={differs ? t("account.password.differs") : undefined}
          />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form="password-form"
          isLoading={isBusy}
          isDisabled={isBusy || present === "" || wanted === "" || wanted !== again}
        >
          {t("account.password.change")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("actions.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
