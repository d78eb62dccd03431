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

/** Collects what has become old and asks for it once, however many events said so in the meantime. */
export class Invalidations {
  private readonly waiting = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly delayMs = 150,
  ) {}

  add(...queryKeys: QueryKey[]): void {
    for (const key of queryKeys) {
      this.waiting.set(JSON.stringify(key), key);
    }
    this.timer ??= setTimeout(() => this.flush(), this.delayMs);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const due = [...this.waiting.values()];
    this.waiting.clear();
    for (const queryKey of due) {
      void this.client.invalidateQueries({ queryKey });
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
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
