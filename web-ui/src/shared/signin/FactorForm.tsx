import { Alert, Button, Content, Form, FormGroup, TextInput } from "@patternfly/react-core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Factor, PasskeyQuestion } from "../../api/types";
import { api } from "../http/client";
import { SignInProblem } from "./SignInProblem";
import { hasPasskeys, showPasskey, type Credential } from "./webauthn";

/** One of the factors, as the manager takes it. */
export type Shown = { password: string } | { totp: string } | { recoveryCode: string } | { passkey: Credential };

/** The easiest first. */
const ORDER: Factor[] = ["PASSKEY", "TOTP", "PASSWORD", "RECOVERY_CODE"];

/** What this browser can show of the factors that would do. */
export function showable(factors: readonly string[]): Factor[] {
  return ORDER.filter((factor) => factors.includes(factor) && (factor !== "PASSKEY" || hasPasskeys()));
}

function typed(factor: Factor, value: string): Shown {
  switch (factor) {
    case "PASSWORD":
      return { password: value };
    case "RECOVERY_CODE":
      return { recoveryCode: value };
    default:
      return { totp: value };
  }
}

const AUTOCOMPLETE: Partial<Record<Factor, string>> = { PASSWORD: "current-password", TOTP: "one-time-code" };

interface Props {
  /** Those that would do. */
  factors: readonly string[];
  label: string;
  submit: string;
  /** Rejects when the manager does not take it. */
  onShown: (shown: Shown) => Promise<void>;
}

/** Asks for one of several factors; which one, the person chooses. */
export function FactorForm({ factors, label, submit, onShown }: Props) {
  const { t } = useTranslation();
  const possible = showable(factors);
  const [chosen, setChosen] = useState<Factor | undefined>(possible[0]);
  const [value, setValue] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (chosen === undefined) {
    return <Alert variant="warning" isInline title={t("signIn.noneHere")}>{t("signIn.noneHereBody")}</Alert>;
  }

  const show = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if (chosen === "PASSKEY") {
        const question = await api.post<PasskeyQuestion>("/auth/passkey/options");
        await onShown({ passkey: await showPasskey(question.options) });
      } else {
        await onShown(typed(chosen, value));
      }
    } catch (failure) {
      setError(failure);
    }
    // A code is good once, right or wrong; and nobody corrects a password whose characters they do not see.
    setValue("");
    setBusy(false);
  };

  const choose = (factor: Factor) => {
    setChosen(factor);
    setValue("");
    setError(undefined);
  };

  const isEmpty = chosen !== "PASSKEY" && value === "";
  return (
    <Form onSubmit={(event) => void show(event)} aria-label={label}>
      {error !== undefined && <SignInProblem error={error} shown={chosen} />}
      {chosen === "PASSKEY" ? (
        <Content component="p">{t("signIn.passkeyBody")}</Content>
      ) : (
        <FormGroup label={t(`signIn.ask.${chosen}`)} isRequired fieldId="factor">
          <TextInput
            key={chosen}
            id="factor"
            name="factor"
            type={chosen === "PASSWORD" ? "password" : "text"}
            autoComplete={AUTOCOMPLETE[chosen] ?? "off"}
            inputMode={chosen === "TOTP" ? "numeric" : "text"}
            isRequired
            autoFocus
            value={value}
            onChange={(_event, next) => setValue(next)}
          />
        </FormGroup>
      )}
      <Button type="submit" variant="primary" isBlock isLoading={isBusy} isDisabled={isBusy || isEmpty}>
        {chosen === "PASSKEY" ? t("signIn.usePasskey") : submit}
      </Button>
      {possible
        .filter((factor) => factor !== chosen)
        .map((factor) => (
          <Button key={factor} variant="link" isBlock isDisabled={isBusy} onClick={() => choose(factor)}>
            {t(`signIn.instead.${factor}`)}
          </Button>
        ))}
    </Form>
  );
}
