import {
  Alert,
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
  Label,
} from "@patternfly/react-core";
import { ArrowRightIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Task } from "../../../api/types";
import { ActionToolbar } from "../../../shared/actions/ActionViews";
import { useActions } from "../../../shared/actions/useActions";
import { Sparkline } from "../../../shared/components/Sparkline";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import type { ProgressSample } from "../../../shared/events/apply";
import { useFormat } from "../../../shared/format/useFormat";
import { keys } from "../../../shared/queryKeys";
import { isFinal } from "../../../shared/tasks/tasks";
import { TaskProgressBar, usePhaseName, useTaskTitle } from "../TaskWords";
import { migrationActions } from "./migrationActions";
import { migrationNumbers, series } from "./migrationNumbers";

function Number({ term, children, isLarge = false }: { term: string; children: ReactNode; isLarge?: boolean }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription className={isLarge ? "meseta-number meseta-number--large" : "meseta-number"}>
        {children}
      </DescriptionListDescription>
    </DescriptionListGroup>
  );
}

/** The samples of a running task; the event stream adds to them. */
function useProgressHistory(taskId: string): ProgressSample[] {
  const { data } = useQuery<ProgressSample[]>({
    queryKey: keys.progressHistory(taskId),
    queryFn: () => [],
    enabled: false,
    staleTime: Infinity,
    gcTime: 30 * 60_000,
  });
  return data ?? [];
}

/** A migration while it runs, and its result. */
export function MigrationView({ task, isTitleLinked = false }: { task: Task; isTitleLinked?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phaseName = usePhaseName();
  const title = useTaskTitle()(task);
  const history = useProgressHistory(task.id);
  const runner = useActions<Task>("tasks");
  const { progress } = task;
  const numbers = migrationNumbers(progress);
  const isDone = isFinal(task.state);
  const remaining = series(history, "memoryRemainingBytes");
  const dirtyRate = series(history, "dirtyRateBytesPerSecond");

  return (
    <Card className="meseta-migration" data-testid="migration-view" data-state={task.state}>
      <CardHeader
        actions={{
          actions: isDone ? undefined : <ActionToolbar actions={migrationActions} item={task} runner={runner} />,
          hasNoOffset: true,
        }}
      >
        <CardTitle component="h2">
          <Flex gap={{ default: "gapSm" }} alignItems={{ default: "alignItemsCenter" }}>
            {isTitleLinked ? <Link to={`/tasks/${task.id}`}>{title}</Link> : <span>{title}</span>}
            <StatusLabel of="task" value={task.state} />
            {progress.postCopy === true && (
              <Label isCompact color="orange">
                {t("migration.postCopy")}
              </Label>
            )}
          </Flex>
        </CardTitle>
      </CardHeader>
      <CardBody>
        <Flex className="meseta-route" gap={{ default: "gapSm" }} alignItems={{ default: "alignItemsCenter" }}>
          <strong>{progress.sourceHostName ?? "–"}</strong>
          <ArrowRightIcon aria-label={t("migration.to")} role="img" />
          <strong>{progress.targetHostName ?? "–"}</strong>
          {!isDone && <span className="meseta-phase">{phaseName(task.phase)}</span>}
        </Flex>
        <TaskProgressBar task={task} label={title} size="lg" />
        {!isDone && task.cancelRequested && (
          <Alert variant="info" isInline isPlain title={t("migration.cancelling")} />
        )}
        {!isDone && numbers.isFallingBehind && (
          <Alert variant="warning" isInline title={t("migration.fallingBehind")}>
            {t("migration.fallingBehindBody", {
              dirtyRate: format.rate(progress.dirtyRateBytesPerSecond),
              bandwidth: format.rate(progress.bandwidthBytesPerSecond),
            })}
          </Alert>
        )}
        <div className="meseta-migration-body">
          <DescriptionList isCompact columnModifier={{ default: "2Col", lg: "3Col" }}>
            {task.state === "SUCCEEDED" && (
              <Number term={t("migration.downtime")} isLarge>
                <span data-testid="downtime">{format.duration(progress.downtimeMs)}</span>
              </Number>
            )}
            {isDone && (
              <Number term={t("migration.totalTime")} isLarge>
                {format.duration(progress.totalMs ?? progress.elapsedMs)}
              </Number>
            )}
            {!isDone && (
              <Number term={t("migration.remaining")} isLarge>
                {format.bytes(numbers.remainingBytes)}
              </Number>
            )}
            {!isDone && <Number term={t("migration.elapsed")}>{format.duration(progress.elapsedMs)}</Number>}
            {!isDone && <Number term={t("migration.expected")}>{format.duration(numbers.expectedMs)}</Number>}
            <Number term={t("migration.transferred")}>{format.bytes(progress.memoryTransferredBytes)}</Number>
            <Number term={t("migration.memory")}>{format.bytes(numbers.totalBytes)}</Number>
            <Number term={t("migration.bandwidth")}>{format.rate(progress.bandwidthBytesPerSecond)}</Number>
            <Number term={t("migration.dirtyRate")}>{format.rate(progress.dirtyRateBytesPerSecond)}</Number>
            <Number term={t("migration.iteration")}>
              {progress.iteration === undefined ? "–" : format.number(progress.iteration)}
            </Number>
            {!isDone && (
              <Number term={t("migration.expectedDowntime")}>{format.duration(progress.downtimeMs)}</Number>
            )}
            {progress.throttlePercent !== undefined && progress.throttlePercent > 0 && (
              <Number term={t("migration.throttle")}>{format.percent(progress.throttlePercent)}</Number>
            )}
          </DescriptionList>
          {remaining.length > 1 && (
            <div className="meseta-curves">
              <figure>
                <figcaption>{t("migration.remaining")}</figcaption>
                <Sparkline
                  values={remaining}
                  label={t("migration.remainingCurve", { value: format.bytes(remaining.at(-1)) })}
                />
              </figure>
              {dirtyRate.length > 1 && (
                <figure>
                  <figcaption>{t("migration.dirtyRate")}</figcaption>
                  <Sparkline
                    values={dirtyRate}
                    tone="warning"
                    label={t("migration.dirtyRateCurve", { value: format.rate(dirtyRate.at(-1)) })}
                  />
                </figure>
              )}
            </div>
          )}
        </div>
      </CardBody>
      {runner.dialogs}
    </Card>
  );
}
