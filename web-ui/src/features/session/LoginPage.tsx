import { Alert, Button, Form, FormGroup, LoginPage as PatternFlyLoginPage, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Login, LoginAnswer, SecondStep } from "../../api/types";
import { LanguageSwitch } from "../../shared/components/LanguageSwitch";
import { ProblemText } from "../../shared/components/Problem";
import { ThemeSwitch } from "../../shared/components/ThemeSwitch";
import { usePageTitle } from "../../shared/components/usePageTitle";
import { api, ApiError } from "../../shared/http/client";
import { replaceSession, sessionOf } from "../../shared/session/session";
import { ProviderButton } from "../../shared/signin/Provider";

interface Half {
  pending: string;
  factors: LoginAnswer["mfaRequired"];
}

/** The second step, with a code. The manager keeps the first one for five minutes and five attempts. */
function SecondStepForm({ half, onBack }: { half: Half; onBack: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isRecovery, setRecovery] = useState(!half.factors.includes("TOTP"));
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const label = t(isRecovery ? "login.recoveryCode" : "login.totp");

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body: SecondStep = { pending: half.pending, [isRecovery ? "recoveryCode" : "totp"]: code };
      const session = sessionOf(await api.post<LoginAnswer>("/auth/mfa", { body }));
      if (session !== undefined) {
        replaceSession(client, session);
      }
    } catch (failure) {
      setCode("");
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void submit(event)} aria-label={t("login.secondStep")}>
      {error !== undefined && (
        <Alert variant="danger" isInline title={t("login.failed")} role="alert">
          <ProblemText error={error} />
        </Alert>
      )}
      <FormGroup label={label} isRequired fieldId="code">
        <TextInput
          id="code"
          name="code"
          autoComplete="one-time-code"
          inputMode={isRecovery ? "text" : "numeric"}
          isRequired
          autoFocus
          value={code}
          onChange={(_event, value) => setCode(value)}
        />
      </FormGroup>
      <Button type="submit" variant="primary" isBlock isLoading={isBusy} isDisabled={isBusy}>
        {t("login.submit")}
      </Button>
      {half.factors.includes("TOTP") && half.factors.includes("RECOVERY_CODE") && (
        <Button variant="link" isBlock onClick={() => setRecovery(!isRecovery)}>
          {t(isRecovery ? "login.useTotp" : "login.useRecoveryCode")}
        </Button>
      )}
      <Button variant="link" isBlock onClick={onBack}>
        {t("login.back")}
      </Button>
    </Form>
  );
}

export function LoginPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const [half, setHalf] = useState<Half>();
  usePageTitle(t("login.title"));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const answer = await api.post<LoginAnswer>("/auth/login", { body: { username, password } satisfies Login });
      const session = sessionOf(answer);
      if (session !== undefined) {
        replaceSession(client, session);
      } else {
        setPassword("");
        setBusy(false);
        setHalf({ pending: answer.pending ?? "", factors: answer.mfaRequired });
      }
    } catch (failure) {
      setPassword("");
      setError(failure);
      setBusy(false);
    }
  };

  const isWrong = error instanceof ApiError && error.code === "UNAUTHENTICATED";
  return (
    <PatternFlyLoginPage
      loginTitle={t("login.title")}
      loginSubtitle={t("login.subtitle")}
      brandImgSrc="/favicon.svg"
      brandImgAlt=""
      textContent={t("login.about")}
      headerUtilities={
        <div className="meseta-login-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      }
    >
      {half === undefined ? (
      <Form onSubmit={(event) => void submit(event)}>
        {error !== undefined && (
          <Alert variant="danger" isInline title={isWrong ? t("login.wrong") : t("login.failed")} role="alert">
            {isWrong ? t("login.wrongBody") : <ProblemText error={error} />}
          </Alert>
        )}
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
      ) : (
        <SecondStepForm half={half} onBack={() => setHalf(undefined)} />
      )}
      {half === undefined && <ProviderButton onError={setError} />}
    </PatternFlyLoginPage>
  );
}
