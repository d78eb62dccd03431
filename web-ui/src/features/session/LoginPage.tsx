import { Alert, Button, Form, FormGroup, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Login, LoginAnswer, PasskeyQuestion } from "../../api/types";
import { usePageTitle } from "../../shared/components/usePageTitle";
import { api, ApiError } from "../../shared/http/client";
import { replaceSession, sessionOf } from "../../shared/session/session";
import { ProviderButton } from "../../shared/signin/Provider";
import { SignInFrame } from "../../shared/signin/SignInFrame";
import { SignInProblem } from "../../shared/signin/SignInProblem";
import { hasPasskeys, showPasskey } from "../../shared/signin/webauthn";
import { OVER, SecondStep } from "./SecondStep";

interface Half {
  pending: string;
  factors: LoginAnswer["mfaRequired"];
}

export function LoginPage() {
  const { t } = useTranslation();
  const [half, setHalf] = useState<Half>();
  const [error, setError] = useState<unknown>();
  usePageTitle(t("login.title"));

  const begin = (reason?: unknown) => {
    setHalf(undefined);
    setError(reason);
  };

  return half === undefined ? (
    <SignInFrame title={t("login.title")} subtitle={t("login.subtitle")}>
      <PasswordForm error={error} onError={setError} onHalf={setHalf} />
      <OtherWays onError={setError} />
      <ProviderButton onError={setError} />
    </SignInFrame>
  ) : (
    <SignInFrame title={t("login.title")} subtitle={t("login.secondStep")}>
      <SecondStep pending={half.pending} factors={half.factors} onBack={begin} />
    </SignInFrame>
  );
}

interface PasswordFormProps {
  error: unknown;
  onError: (error: unknown) => void;
  onHalf: (half: Half) => void;
}

function PasswordForm({ error, onError, onHalf }: PasswordFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    onError(undefined);
    try {
      const answer = await api.post<LoginAnswer>("/auth/login", { body: { username, password } satisfies Login });
      const session = sessionOf(answer);
      if (session === undefined) {
        onHalf({ pending: answer.pending ?? "", factors: answer.mfaRequired });
      } else {
        replaceSession(client, session);
      }
    } catch (failure) {
      setPassword("");
      onError(failure);
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void submit(event)} aria-label={t("login.title")}>
      {error !== undefined && <Refused error={error} />}
      <FormGroup label={t("login.username")} isRequired fieldId="username">
        <TextInput
          id="username"
          name="username"
          autoComplete="username"
          isRequired
          autoFocus
          value={username}
          onChange={(_event, value) => setUsername(value)}
        />
      </FormGroup>
      <FormGroup label={t("login.password")} isRequired fieldId="password">
        <TextInput
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          isRequired
          value={password}
          onChange={(_event, value) => setPassword(value)}
        />
      </FormGroup>
      <Button type="submit" variant="primary" isBlock isLoading={isBusy} isDisabled={isBusy}>
        {t("login.submit")}
      </Button>
    </Form>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error === OVER) {
    return (
      <Alert variant="info" isInline role="alert" title={t("login.over")}>
        {t("login.overBody")}
      </Alert>
    );
  }
  if (error instanceof ApiError && error.code === "UNAUTHENTICATED") {
    return (
      <Alert variant="danger" isInline role="alert" title={t("login.wrong")}>
        {t("login.wrongBody")}
      </Alert>
    );
  }
  // The password has a code of its own: a wrong factor can only have been a passkey.
  return <SignInProblem error={error} shown="PASSKEY" />;
}

/** Ways to sign in beside the password; each brings a button of its own. */
function OtherWays({ onError }: { onError: (error: unknown) => void }) {
  const { t } = useTranslation();
  const ways = [hasPasskeys() && <PasskeyButton key="passkey" onError={onError} />].filter((way) => way !== false);
  return ways.length === 0 ? null : (
    <section aria-label={t("login.otherWays")} className="meseta-other-ways">
      <div className="meseta-or">{t("login.or")}</div>
      {ways}
    </section>
  );
}

function PasskeyButton({ onError }: { onError: (error: unknown) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const signIn = async () => {
    setBusy(true);
    onError(undefined);
    try {
      const question = await api.post<PasskeyQuestion>("/auth/passkey/options");
      const credential = await showPasskey(question.options);
      const session = sessionOf(await api.post<LoginAnswer>("/auth/passkey", { body: { credential } }));
      if (session !== undefined) {
        replaceSession(client, session);
      }
    } catch (failure) {
      onError(failure);
      setBusy(false);
    }
  };
  return (
    <Button variant="secondary" isBlock isLoading={isBusy} isDisabled={isBusy} onClick={() => void signIn()}>
      {t("login.passkey")}
    </Button>
  );
}
