import { Button } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { LoginAnswer } from "../../api/types";
import { api, ApiError } from "../../shared/http/client";
import { replaceSession, sessionOf } from "../../shared/session/session";
import { FactorForm } from "../../shared/signin/FactorForm";

/** The first step is too long ago, or five wrong answers were given to it. */
export const OVER = Symbol("over");

interface Props {
  /** What the first step gave; the manager keeps it for five minutes and five attempts. */
  pending: string;
  factors: LoginAnswer["mfaRequired"];
  /** To the first step, with the reason if it was not the person's wish. */
  onBack: (reason?: unknown) => void;
}

/** Whoever has shown the password shows a second factor. */
export function SecondStep({ pending, factors, onBack }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <>
      <FactorForm
        factors={factors}
        label={t("login.secondStep")}
        submit={t("login.submit")}
        onShown={async (shown) => {
          try {
            const session = sessionOf(await api.post<LoginAnswer>("/auth/mfa", { body: { pending, ...shown } }));
            if (session !== undefined) {
              replaceSession(client, session);
            }
          } catch (error) {
            if (error instanceof ApiError && error.code === "UNAUTHENTICATED") {
              onBack(OVER);
              return;
            }
            throw error;
          }
        }}
      />
      <Button variant="link" isBlock onClick={() => onBack()}>
        {t("login.back")}
      </Button>
    </>
  );
}
