import {
  Bullseye,
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  EmptyStateStatus,
  Spinner,
} from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ApiError } from "../http/client";
import { ProblemText } from "./Problem";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Bullseye className="meseta-loading">
      <Spinner aria-label={t("state.loading")} />
    </Bullseye>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <EmptyState
      status={EmptyStateStatus.danger}
      titleText={missing ? t("state.notFound") : t("state.failed")}
      headingLevel="h2"
    >
      <EmptyStateBody>
        <ProblemText error={error} />
      </EmptyStateBody>
      {retry !== undefined && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="primary" onClick={retry}>
              {t("state.retry")}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
