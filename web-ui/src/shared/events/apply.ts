import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { Host, HostStatistics, MesetaEvent, Page, Task, TaskProgress, TaskProgressed } from "../../api/types";
import { keys } from "../queryKeys";
import { isFinal } from "../tasks/tasks";

export const EVENT_KINDS = [
  "stream.ready",
  "stream.lost",
  "vm.changed",
  "host.changed",
  "task.changed",
  "image.changed",
  "manager.changed",
  "host.statistics",
  "task.progress",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** How many samples the curves of a running task show. */
export const HISTORY_LIMIT = 180;

/** What a curve is drawn from. */
export type ProgressSample = TaskProgress;

/** What is bundled when something changes after a quiet time: events of one change come together. */
const BUNDLE_MS = 10;
/** Between two times of asking at least; longer where answers take longer, so that a busy manager is asked less. */
const PAUSE_MS = 50;
/** An answer that takes longer is not waited for. */
const LONGEST_ANSWER_MS = 2_000;

/**
 * Collects what has become old and asks for it: almost at once after a quiet time, and in a storm of events again and
 * again, but not before the last answers are there. Asking would break them off, and a slow list would never be read.
 */
export class Invalidations {
  private readonly waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;
  private notBefore = Number.NEGATIVE_INFINITY;
  private isStopped = false;

  constructor(private readonly client: QueryClient) {}

  add(...queryKeys: QueryKey[]): void {
    for (const key of queryKeys) {
      this.waiting.set(JSON.stringify(key), key);
    }
    this.plan();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private plan(): void {
    if (this.timer === undefined && !this.isAsking && !this.isStopped && this.waiting.size > 0) {
      const wait = Math.max(BUNDLE_MS, this.notBefore - Date.now());
      this.timer = setTimeout(() => void this.ask(), wait);
    }
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    this.isAsking = true;
    const askedAt = Date.now();
    const due = [...this.waiting.values()];
    this.waiting.clear();
    const answers = due.map((queryKey) => this.client.invalidateQueries({ queryKey }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise((resolve) => (timer = setTimeout(resolve, LONGEST_ANSWER_MS)));
    await Promise.race([Promise.allSettled(answers), tooLong]);
    clearTimeout(timer);
    const took = Date.now() - askedAt;
    this.notBefore = Date.now() + Math.max(PAUSE_MS, took);
    this.isAsking = false;
    this.plan();
  }
}

/** What the stream sends: an event, or nothing of one (`stream.ready`, a message that cannot be read). */
export type StreamEvent = Partial<MesetaEvent>;

/** Brings one event of the stream into the query cache. */
export function applyEvent(
  client: QueryClient,
  invalidations: Invalidations,
  kind: EventKind,
  event: StreamEvent,
): void {
  const id = event.objectId ?? undefined;
  switch (kind) {
    case "stream.ready":
      return;
    case "stream.lost":
      // Nobody knows what was lost: everything that is shown is read again.
      invalidations.add([]);
      return;
    case "task.progress":
      applyTaskProgress(client, invalidations, event);
      return;
    case "host.statistics":
      applyHostStatistics(client, event);
      return;
    case "vm.changed":
      // A VM that moves, starts or stops changes what its hosts have promised.
      invalidations.add(keys.lists("vms"), keys.all("hosts"));
      if (id !== undefined) invalidations.add(keys.one("vms", id));
      break;
    case "host.changed":
      invalidations.add(keys.lists("hosts"));
      if (id !== undefined) invalidations.add(keys.one("hosts", id));
      break;
    case "task.changed":
      invalidations.add(keys.lists("tasks"));
      if (id !== undefined) invalidations.add(keys.one("tasks", id));
      break;
    case "image.changed":
      invalidations.add(keys.all("images"));
      break;
    case "manager.changed":
      invalidations.add(keys.all("managers"));
      break;
  }
  invalidations.add(keys.all("events"));
}

function applyTaskProgress(client: QueryClient, invalidations: Invalidations, event: StreamEvent): void {
  const { taskId, progress } = (event.data ?? {}) as Partial<TaskProgressed>;
  if (taskId === undefined || progress === undefined) {
    return;
  }
  if (progress.items != null) {
    // How its parts stand comes with the task itself.
    invalidations.add(keys.one("tasks", taskId));
  }
  // News may overtake each other: a finished task keeps the numbers it finished with.
  const update = (task: Task): Task =>
    task.id === taskId && !isFinal(task.state) ? { ...task, progress: { ...task.progress, ...progress } } : task;
  client.setQueryData<Task>(keys.one("tasks", taskId), (task) => (task === undefined ? undefined : update(task)));
  client.setQueriesData<Page<Task>>({ queryKey: keys.lists("tasks") }, (page) =>
    page === undefined ? undefined : { ...page, items: page.items.map(update) },
  );
  client.setQueryData<ProgressSample[]>(keys.progressHistory(taskId), (history = []) =>
    [...history, progress].slice(-HISTORY_LIMIT),
  );
}

function applyHostStatistics(client: QueryClient, event: StreamEvent): void {
  const hostId = event.objectId;
  const statistics = (event.data ?? {}) as Partial<HostStatistics>;
  if (!hostId || !isComplete(statistics)) {
    return;
  }
  const update = (host: Host): Host => (host.id === hostId ? { ...host, statistics } : host);
  client.setQueryData<Host>(keys.one("hosts", hostId), (host) => (host === undefined ? undefined : update(host)));
  client.setQueriesData<Page<Host>>({ queryKey: keys.lists("hosts") }, (page) =>
    page === undefined ? undefined : { ...page, items: page.items.map(update) },
  );
}

function isComplete(statistics: Partial<HostStatistics>): statistics is HostStatistics {
  return statistics.sampledAt !== undefined && statistics.cpuUsagePercent !== undefined;
}
