import { Alert, Content, Skeleton, Title } from "@patternfly/react-core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { CreateVm, PlacementPreview as Preview } from "../../../api/types";
import { ProblemAlert } from "../../../shared/components/Problem";
import { api } from "../../../shared/http/client";
import { keys } from "../../../shared/queryKeys";
import { CandidateList } from "../placement/CandidateList";

/** Asks the manager where the VM would go, without creating it. */
export function PlacementPreview({ request }: { request: CreateVm | undefined }) {
  const { t } = useTranslation();
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: keys.placementPreview(request),
    queryFn: ({ signal }) => api.post<Preview>("/vms", { query: { dryRun: true }, body: request, signal }),
    enabled: request !== undefined,
    placeholderData: keepPreviousData,
    // Capacity moves: an old answer is no answer.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  const candidates = data?.placement.candidates;
  const accepted = candidates?.find((candidate) => candidate.accepted);
  const body = () => {
    if (request === undefined) {
      return <Content component="p">{t("placement.incomplete")}</Content>;
    }
    if (error !== null) {
      return <ProblemAlert title={t("placement.failed")} error={error} />;
    }
    if (candidates === undefined) {
      return <Skeleton height="6rem" screenreaderText={t("state.loading")} />;
    }
    return (
      <>
        <Alert
          isInline
          variant={accepted === undefined ? "danger" : "success"}
          title={
            accepted === undefined ? t("placement.nowhere") : t("placement.would", { host: accepted.hostName })
          }
        />
        <CandidateList candidates={candidates} label={t("placement.title")} />
      </>
    );
  };
  return (
    <section className="meseta-preview" aria-live="polite" aria-busy={isPlaceholderData} data-testid="placement">
      <Title headingLevel="h2" size="lg">
        {t("placement.title")}
      </Title>
      <Content component="small">{t("placement.about")}</Content>
      {body()}
    </section>
  );
}
