import { EmptyState, EmptyStateBody } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import type { TaskStep } from "../../api/types";
import { ErrorText } from "../../shared/components/Problem";
import { useFormat } from "../../shared/format/useFormat";
import { usePhaseName } from "./TaskWords";

/** A sentence of the manager; where an error code stands before it, its words instead. */
function Detail({ text }: { text: string }) {
  const [, code, detail] = /^([A-Z][A-Z_]+): (.*)$/s.exec(text) ?? [];
  return code === undefined ? <>{text}</> : <ErrorText code={code} detail={detail} />;
}

/** The log of what a task did, step by step. */
export function TaskSteps({ steps }: { steps: TaskStep[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phaseName = usePhaseName();
  if (steps.length === 0) {
    return (
      <EmptyState titleText={t("tasks.noSteps")} headingLevel="h3" variant="sm">
        <EmptyStateBody>{t("tasks.noStepsBody")}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <Table variant="compact" aria-label={t("tasks.steps")}>
      <Thead>
        <Tr>
          <Th>{t("tasks.stepNumber")}</Th>
          <Th>{t("tasks.phase")}</Th>
          <Th>{t("tasks.result")}</Th>
          <Th>{t("tasks.detail")}</Th>
          <Th>{t("tasks.startedAt")}</Th>
          <Th>{t("tasks.at")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {steps.map((step) => (
          <Tr key={step.number}>
            <Td dataLabel={t("tasks.stepNumber")}>{step.number}</Td>
            <Td dataLabel={t("tasks.phase")}>{phaseName(step.phase)}</Td>
            <Td dataLabel={t("tasks.result")}>
              {t(`stepResult.${step.result}`, { defaultValue: step.result })}
              {step.attempt > 0 && ` ${t("tasks.attempt", { number: step.attempt + 1 })}`}
            </Td>
            <Td dataLabel={t("tasks.detail")}>
              <Detail text={step.detail} />
            </Td>
            <Td dataLabel={t("tasks.startedAt")}>
              <span className="meseta-time">{format.time(step.startedAt)}</span>
            </Td>
            <Td dataLabel={t("tasks.at")}>
              <span className="meseta-time">{format.time(step.at)}</span>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
