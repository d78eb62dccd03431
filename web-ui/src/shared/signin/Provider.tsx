import { Alert, Bullseye, Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Arrival, Destination, Provider, ProviderAnswer } from "../../api/types";
import { ProblemText } from "../components/Problem";
import { Loading } from "../components/states";
import { usePageTitle } from "../components/usePageTitle";
import { api } from "../http/client";
import { SESSION_KEY } from "../session/session";
import { leave } from "./leave";

/** Where the identity provider sends browsers back to; the manager knows it by the same name. */
export const ANSWER_PATH = "/sign-in/answer";

/** Where a window goes on that was opened only to show a factor at the provider. */
const SHOWN_PATH = "/sign-in/shown";

const CHANNEL = "meseta-provider-step-up";

/** What people call the identity provider; undefined: there is none, or nobody knows yet. */
export function useProviderName(): string | undefined {
  const { data } = useQuery({
    queryKey: ["identityProvider"],
    queryFn: ({ signal }) => api.get<Provider>("/auth/oidc", undefined, signal),
    staleTime: Infinity,
    retry: false,
  });
  return data?.name ?? undefined;
}

/** A path of the page and nothing else, whatever the address bar says. */
function here(): string {
  const { pathname, search } = window.location;
  return pathname === ANSWER_PATH || !/^\/(?![/\\])/.test(pathname) ? "/" : pathname + search;
}

/** "Sign in with ...": there is none when no identity provider is set up. */
export function ProviderButton({ onError }: { onError: (error: unknown) => void }) {
  const { t } = useTranslation();
  const name = useProviderName();
  const [isBusy, setBusy] = useState(false);
  if (name === undefined) {
    return null;
  }
  const signIn = async () => {
    setBusy(true);
    onError(undefined);
    try {
      const { url } = await api.post<Destination>("/auth/oidc/begin", { body: { returnTo: here() } });
      leave.to(url);
    } catch (failure) {
      onError(failure);
      setBusy(false);
    }
  };
  return (
    <Button variant="secondary" isBlock isLoading={isBusy} isDisabled={isBusy} onClick={() => void signIn()}>
      {t("provider.signIn", { name })}
    </Button>
  );
}

function brought(): ProviderAnswer {
  const query = new URLSearchParams(window.location.search);
  return {
    state: query.get("state") ?? "",
    code: query.get("code"),
    iss: query.get("iss"),
    error: query.get("error"),
  };
}

/** Where the browser comes back to: brings the manager what it came with, and goes on where the person was. */
export function ProviderAnswerPage() {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [isShown, setShown] = useState(false);
  const asked = useRef(false);
  usePageTitle(t("provider.title"));

  useEffect(() => {
    if (asked.current) {
      return;
    }
    asked.current = true;
    const answer = brought();
    // What it came with is good once, and need not stay in the browser's history.
    window.history.replaceState(null, "", ANSWER_PATH);
    api
      .post<Arrival>("/auth/oidc/answer", { body: answer })
      .then(({ returnTo }) => {
        if (returnTo === SHOWN_PATH) {
          new BroadcastChannel(CHANNEL).postMessage("shown");
          setShown(true);
          window.close();
          return;
        }
        // From the start, so that nothing stays in memory of whoever was signed in before.
        leave.for(returnTo);
      })
      .catch(setError);
  }, []);

  if (isShown) {
    return <Bullseye>{t("provider.closeWindow")}</Bullseye>;
  }
  if (error === undefined) {
    return <Loading />;
  }
  return (
    <Bullseye>
      <EmptyState titleText={t("provider.failed")} headingLevel="h1" status="danger">
        <EmptyStateBody>
          <ProblemText error={error} />
        </EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="primary" onClick={() => leave.for("/")}>
              {t("provider.back")}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    </Bullseye>
  );
}

/**
 * Shows a factor again at the identity provider, in a window of its own: what was typed into this one stays.
 * For whoever is asked for PROVIDER_SECOND.
 */
export function ProviderStepUp({ onShown }: { onShown: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const name = useProviderName();
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => {
      void client.invalidateQueries({ queryKey: SESSION_KEY });
      onShown();
    };
    return () => channel.close();
  }, [client, onShown]);

  const show = async () => {
    setError(undefined);
    // At once, or the browser takes it for a window that nobody asked for.
    const opened = window.open("", "_blank", "popup,width=520,height=720");
    try {
      const { url } = await api.post<Destination>("/auth/oidc/step-up", { body: { returnTo: SHOWN_PATH } });
      if (opened === null) {
        setError(new Error(t("provider.noWindow")));
      } else {
        opened.location.assign(url);
      }
    } catch (failure) {
      opened?.close();
      setError(failure);
    }
  };

  return (
    <>
      {error !== undefined && (
        <Alert variant="danger" isInline title={t("provider.failed")} role="alert">
          <ProblemText error={error} />
        </Alert>
      )}
      <Button variant="primary" isBlock onClick={() => void show()}>
        {t("provider.showAgain", { name: name ?? "" })}
      </Button>
    </>
  );
}
