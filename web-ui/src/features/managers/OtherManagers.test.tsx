import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { describe, expect, it } from "vitest";
import type { StreamState } from "../../shared/events/stream";
import { StreamStateContext } from "../../shared/events/useEventStream";
import { keys } from "../../shared/queryKeys";
import { SessionContext } from "../../shared/session/session";
import { manager } from "../../test/samples";
import { OtherManagers } from "./OtherManagers";

function show(state: StreamState, items = [manager(), manager({ id: "m-2", name: "manager-2", answering: false, url: "https://m2:8445" })]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(keys.list("managers", { q: "state:LIVING", sort: "name" }), { items, nextCursor: null });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={["/vms?q=web"]}>
        <SessionContext.Provider value={{ username: "admin", mustEnrol: false, permissions: ["MANAGER_READ"] }}>
          <StreamStateContext.Provider value={state}>
            <OtherManagers />
          </StreamStateContext.Provider>
        </SessionContext.Provider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

describe("the way to another manager", () => {
  it("leads to the same page of those that are alive", () => {
    show("reconnecting");
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links).toEqual(["https://m2:8445/vms?q=web"]);
  });

  it("is not offered while this one answers", () => {
    show("live");
    expect(screen.queryAllByRole("link")).toEqual([]);
  });

  it("is not offered where there is no other", () => {
    show("reconnecting", [manager()]);
    expect(screen.queryAllByRole("link")).toEqual([]);
  });
});
