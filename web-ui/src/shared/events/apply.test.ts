import { QueryClient, type QueryKey } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Host, Page, Task } from "../../api/types";
import { host, task } from "../../test/samples";
import { keys } from "../queryKeys";
import { applyEvent, HISTORY_LIMIT, Invalidations, type ProgressSample } from "./apply";

let client: QueryClient;
let invalidations: Invalidations;
let invalidated: QueryKey[];

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  invalidated = [];
  vi.spyOn(client, "invalidateQueries").mockImplementation((filters) => {
    invalidated.push(filters?.queryKey ?? []);
    return Promise.resolve();
  });
  invalidations = new Invalidations(client);
});

afterEach(() => {
  invalidations.stop();
  vi.useRealTimers();
});

describe("events of the stream in the query cache", () => {
  it("a changed VM makes its page, the lists and the hosts' promises old", () => {
    applyEvent(client, invalidations, "vm.changed", { objectId: "vm-1" });
    vi.advanceTimersByTime(1_000);
    expect(invalidated).toEqual([keys.lists("vms"), keys.all("hosts"), keys.one("vms", "vm-1"), keys.all("events")]);
  });

  it("reads everything again when events were lost", () => {
    applyEvent(client, invalidations, "stream.lost", {});
    vi.advanceTimersByTime(1_000);
    expect(invalidated).toEqual([[]]);
  });

  it("a burst of changes asks again only once", () => {
    for (let n = 0; n < 50; n++) {
      applyEvent(client, invalidations, "task.changed", { objectId: "task-1" });
    }
    expect(invalidated).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(invalidated).toEqual([keys.lists("tasks"), keys.one("tasks", "task-1"), keys.all("events")]);
  });

  it("after a quiet time it asks almost at once, in a storm with pauses", async () => {
    applyEvent(client, invalidations, "image.changed", {});
    await vi.advanceTimersByTimeAsync(20);
    expect(invalidated).toHaveLength(2);
    applyEvent(client, invalidations, "image.changed", {});
    await vi.advanceTimersByTimeAsync(30);
    expect(invalidated).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(30);
    expect(invalidated).toHaveLength(4);
  });

  it("does not break off what it has asked for", async () => {
    let answer = () => {};
    vi.mocked(client.invalidateQueries).mockImplementation((filters) => {
      invalidated.push(filters?.queryKey ?? []);
      return new Promise((resolve) => (answer = resolve));
    });
    applyEvent(client, invalidations, "stream.lost", {});
    await vi.advanceTimersByTimeAsync(20);
    applyEvent(client, invalidations, "stream.lost", {});
    await vi.advanceTimersByTimeAsync(1_000);
    expect(invalidated).toHaveLength(1);
    answer();
    // As long a pause as the answer took.
    await vi.advanceTimersByTimeAsync(900);
    expect(invalidated).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(invalidated).toHaveLength(2);
    // One that never comes is not waited for without end.
    applyEvent(client, invalidations, "stream.lost", {});
    await vi.advanceTimersByTimeAsync(4_500);
    expect(invalidated).toHaveLength(3);
  });

  it("progress goes straight into the task, its lists and its curve", () => {
    const event = { objectId: "task-1", data: { taskId: "task-1", progress: { percent: 40, iteration: 2 } } };
    client.setQueryData<Task>(keys.one("tasks", "task-1"), task({ progress: { percent: 10, sourceHostName: "host-1" } }));
    client.setQueryData<Page<Task>>(keys.list("tasks", {}), { items: [task(), task({ id: "task-2" })], nextCursor: null });
    applyEvent(client, invalidations, "task.progress", event);
    vi.advanceTimersByTime(1_000);
    expect(client.getQueryData<Task>(keys.one("tasks", "task-1"))?.progress).toEqual({
      percent: 40,
      iteration: 2,
      sourceHostName: "host-1",
    });
    const percents = client.getQueryData<Page<Task>>(keys.list("tasks", {}))?.items.map((item) => item.progress.percent);
    expect(percents).toEqual([40, 10]);
    expect(client.getQueryData(keys.progressHistory("task-1"))).toEqual([{ percent: 40, iteration: 2 }]);
    expect(invalidated).toEqual([]);
  });

  it("late progress does not change a task that has ended", () => {
    const ended = task({ state: "SUCCEEDED", progress: { percent: 100, downtimeMs: 80 } });
    client.setQueryData<Task>(keys.one("tasks", "task-1"), ended);
    applyEvent(client, invalidations, "task.progress", { data: { taskId: "task-1", progress: { percent: 97 } } });
    expect(client.getQueryData(keys.one("tasks", "task-1"))).toEqual(ended);
  });

  it("the curve forgets its oldest samples", () => {
    for (let percent = 0; percent < HISTORY_LIMIT + 20; percent++) {
      applyEvent(client, invalidations, "task.progress", { data: { taskId: "task-1", progress: { percent } } });
    }
    const history = client.getQueryData<ProgressSample[]>(keys.progressHistory("task-1"));
    expect(history).toHaveLength(HISTORY_LIMIT);
    expect(history?.[0]).toEqual({ percent: 20 });
  });

  it("progress without numbers is ignored", () => {
    applyEvent(client, invalidations, "task.progress", {});
    expect(client.getQueryCache().getAll()).toEqual([]);
  });

  it("host statistics update the host in place", () => {
    client.setQueryData<Host>(keys.one("hosts", "host-1"), host());
    const statistics = { sampledAt: "2026-01-01T00:00:00Z", cpuUsagePercent: 42, memoryUsedMiB: 1, memoryAvailableMiB: 2 };
    applyEvent(client, invalidations, "host.statistics", { objectId: "host-1", data: statistics });
    expect(client.getQueryData<Host>(keys.one("hosts", "host-1"))?.statistics).toEqual(statistics);
  });
});
