import { Alert, Button, Form, FormGroup, LoginPage as PatternFlyLoginPage, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Login, Session } from "../../api/types";
import { LanguageSwitch } from "../../shared/components/LanguageSwitch";
import { ProblemText } from "../../shared/components/Problem";
import { ThemeSwitch } from "../../shared/components/ThemeSwitch";
import { usePageTitle } from "../../shared/components/usePageTitle";
import { api, ApiError } from "../../shared/http/client";
import { replaceSession } from "../../shared/session/session";

export function LoginPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  usePageTitle(t("login.title"));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const session = await api.post<Session>("/auth/login", { body: { username, password } satisfies Login });
      replaceSession(client, session);
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
    </PatternFlyLoginPage>
  );
}
