import { QueryClient, QueryClientProvider, QueryCache } from "@tanstack/react-query";
import { BrowserRouter } from "react-router";
import { EnrolFirst } from "../features/account/EnrolFirst";
import { LoginPage } from "../features/session/LoginPage";
import { Failed, Loading } from "../shared/components/states";
import { ApiError } from "../shared/http/client";
import { NotificationsProvider } from "../shared/notifications/notifications";
import { SESSION_KEY, SessionContext, useSessionQuery } from "../shared/session/session";
import { ANSWER_PATH, ProviderAnswerPage } from "../shared/signin/Provider";
import { StepUpDialog } from "../shared/signin/StepUpDialog";
import { ErrorBoundary } from "./ErrorBoundary";
import { Shell } from "./Shell";

const RETRIES = 2;

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session ended somewhere, or is worth less now: ask again, and the page for it comes by itself.
      if (error instanceof ApiError && (error.status === 401 || error.code === "MFA_ENROLMENT_REQUIRED")) {
        void client.invalidateQueries({ queryKey: SESSION_KEY });
      }
    },
  }),
  defaultOptions: {
    queries: {
      // The event stream says when something changed.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < RETRIES && (!(error instanceof ApiError) || error.isPassing),
    },
  },
});

function Gate() {
  const { data: session, error, isPending, refetch } = useSessionQuery();
  if (isPending) {
    return <Loading />;
  }
  if (session === undefined) {
    return <Failed error={error} retry={() => void refetch()} />;
  }
  return session === null ? (
    <LoginPage />
  ) : (
    <SessionContext.Provider value={session}>
      <NotificationsProvider>
        <StepUpDialog />
        {session.mustEnrol ? <EnrolFirst /> : <Shell />}
      </NotificationsProvider>
    </SessionContext.Provider>
  );
}

export function App() {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={client}>
        <BrowserRouter>
          {window.location.pathname === ANSWER_PATH ? <ProviderAnswerPage /> : <Gate />}
        </BrowserRouter>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
