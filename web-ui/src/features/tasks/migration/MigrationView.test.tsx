import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";
import type { Task } from "../../../api/types";
import { NotificationsProvider } from "../../../shared/notifications/notifications";
import { keys } from "../../../shared/queryKeys";
import { SessionContext } from "../../../shared/session/session";
import { task } from "../../../test/samples";
import { MigrationView } from "./MigrationView";

const MIB = 1024 * 1024;

function show(shown: Task, history: object[] = []) {
  const client = new QueryClient();
  client.setQueryData(keys.progressHistory(shown.id), history);
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <SessionContext.Provider value={{ username: "admin", mustEnrol: false, permissions: ["VM_MIGRATE", "TASK_CANCEL"] }}>
          <NotificationsProvider>
            <MigrationView task={shown} />
          </NotificationsProvider>
        </SessionContext.Provider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

describe("the migration view", () => {
  const progress = {
    percent: 60,
    memoryTotalBytes: 256 * MIB,
    memoryRemainingBytes: 100 * MIB,
    dirtyRateBytesPerSecond: 5 * MIB,
    bandwidthBytesPerSecond: 40 * MIB,
    iteration: 3,
    sourceHostName: "host-1",
    targetHostName: "host-2",
    downtimeMs: 120,
  };

  it("shows how far it is, with curves and a way to cancel", () => {
    show(task({ progress }), [progress, { ...progress, memoryRemainingBytes: 50 * MIB }]);
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("60");
    expect(screen.getByText("100 MiB")).toBeDefined();
    expect(screen.getByText("5 MiB/s")).toBeDefined();
    expect(screen.getByRole("img", { name: "Memory left to copy over time, now 50 MiB" })).toBeDefined();
    expect(screen.getByRole("button", { name: "Cancel migration" }).getAttribute("aria-disabled")).not.toBe("true");
    expect(screen.queryByTestId("downtime")).toBeNull();
  });

  it("shows the downtime when it has succeeded, and nothing to press", () => {
    show(task({ state: "SUCCEEDED", phase: "SUCCEEDED", progress: { ...progress, downtimeMs: 87, totalMs: 3400 } }));
    expect(screen.getByTestId("downtime").textContent).toBe("87 ms");
    expect(screen.getByText("3.4 s")).toBeDefined();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("does not pass an expected downtime off as a result when it was cancelled", () => {
    show(task({ state: "CANCELLED", phase: "CANCELLED", progress }));
    expect(screen.queryByTestId("downtime")).toBeNull();
  });
});
