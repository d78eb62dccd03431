import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import i18next from "i18next";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionContext } from "../../shared/session/session";
import { vm } from "../../test/samples";
import type { FlowCell, FlowConversation, FlowEnd, HostLosses, NewFlow, Permission } from "../../api/types";
import { FlowsPage } from "./FlowsPage";
import { incompleteness } from "./FlowLosses";
import { gridOf } from "./FlowMatrix";
import { VmPeers } from "./VmPeers";
import { bucketValues, changeFlowState, listQuery, parseFlowState, rangeOf, writeFlowState } from "./flowState";

const FROM = "2026-01-02T03:00:00Z";
const TO = "2026-01-02T04:00:00Z";
const NOW = new Date(TO).getTime();
const read = (text: string) => parseFlowState(new URLSearchParams(text));

// Whole pages are slow to be found by role when the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

function end(change: Partial<FlowEnd> = {}): FlowEnd {
  return { kind: "VM", vmId: "vm-1", name: "web-1", deleted: false, address: "10.0.0.1", ...change };
}

const OUTSIDE = end({ kind: "OUTSIDE", vmId: null, name: null, address: "192.0.2.7" });
const HIDDEN = end({ vmId: null, name: null, address: "10.0.0.9" });

function conversation(change: Partial<FlowConversation> = {}): FlowConversation {
  return {
    id: "flow-1",
    networkId: "network-1",
    networkName: "default",
    vlanId: 0,
    protocol: "TCP",
    serverPort: 443,
    direction: "EAST_WEST",
    client: end(),
    server: end({ vmId: "vm-2", name: "db-1", address: "10.0.0.2" }),
    observedAt: "BOTH",
    sums: {
      bytes: 3072,
      requestBytes: 1024,
      requestPackets: 1,
      responseBytes: 2048,
      responsePackets: 2,
      connections: 5,
      resets: 2,
      retransmissions: 3,
      handshakes: 5,
      handshakeMicroseconds: 1500,
      handshakeMinMicroseconds: 1000,
      handshakeMaxMicroseconds: 2000,
    },
    firstSeen: FROM,
    lastSeen: TO,
    ...change,
  };
}

function cell(client: FlowEnd, server: FlowEnd, bytes: number): FlowCell {
  return { client, server, requestBytes: bytes, responseBytes: 0, bytes, conversations: 1 };
}

function losses(change: Partial<HostLosses> = {}): HostLosses {
  return {
    hostId: "host-1",
    hostName: "host-1",
    source: "DATAPATH",
    sourceSince: FROM,
    takenAt: TO,
    storedAt: TO,
    records: 10,
    packetsWithoutRoom: 0,
    packetsUnreadable: 0,
    recordsDropped: 0,
    recordsRefused: 0,
    recordsUnresolved: 0,
    recordsLate: 0,
    recordsAhead: 0,
    ...change,
  };
}

describe("what is shown, in the address", () => {
  it("comes back as it was written, and is short where it is the default", () => {
    const state = read("q=vm:web-1+port:443&range=7d&view=matrix&sort=lastSeen&limit=100&cursor=a&from=x&to=y");
    expect(parseFlowState(writeFlowState(state))).toEqual(state);
    expect(state.range).toBe("7d");
    expect(writeFlowState(read("range=century&view=x&limit=7")).toString()).toBe("");
  });

  it("moves on with the time until a page is turned", () => {
    expect(rangeOf(read("range=6h"), NOW)).toEqual({ from: "2026-01-01T22:00:00.000Z", to: undefined });
    const turned = changeFlowState(read("range=6h"), { cursor: "next", from: FROM, to: TO });
    expect(listQuery(turned, NOW)).toEqual({ from: FROM, to: TO, q: undefined, sort: "-bytes", limit: 50, cursor: "next" });
    expect(changeFlowState(turned, { q: "web" })).toMatchObject({ q: "web", cursor: "", from: "", to: "" });
  });
});

describe("the timeline", () => {
  it("has a value for every bucket, also where nothing was seen", () => {
    const range = { from: FROM, to: "2026-01-02T03:04:00Z", resolution: "MINUTE" as const };
    expect(bucketValues([{ at: "2026-01-02T03:01:00Z", value: 7 }], range)).toEqual([0, 7, 0, 0]);
    expect(bucketValues([{ at: "2027-01-01T00:00:00Z", value: 7 }], range)).toEqual([0, 0, 0, 0]);
  });
});

describe("the matrix", () => {
  it("has a row for each client and a column for each server, and says what found no room", () => {
    const db = end({ vmId: "vm-2", name: "db-1" });
    const grid = gridOf([cell(end(), db, 9), cell(db, OUTSIDE, 5), cell(end(), OUTSIDE, 1)], 1);
    expect(grid.clients).toEqual([end()]);
    expect(grid.servers).toEqual([db]);
    expect(grid.cell(end(), db)?.bytes).toBe(9);
    expect(grid.cell(db, db)).toBeUndefined();
    expect(grid.hidden).toBe(2);
  });
});

describe("what is missing", () => {
  it("is told of hosts that report nothing, and of hosts that lost something", () => {
    const none = losses({ hostId: "host-2", source: "NONE" });
    const lossy = losses({ hostId: "host-3", recordsDropped: 1 });
    const ahead = losses({ hostId: "host-4", recordsAhead: 5 });
    expect(incompleteness([losses(), none, lossy, ahead])).toEqual({ silent: [none], lossy: [lossy] });
  });
});

let asked: string[] = [];
let answers: Record<string, unknown> = {};

function fakeManager(input: RequestInfo | URL): Promise<Response> {
  const address = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  const url = new URL(address, "https://manager");
  const path = url.pathname.replace("/api/v1", "");
  asked.push(path + url.search);
  const body = answers[path] ?? { code: "NOT_FOUND", detail: path };
  return Promise.resolve(
    new Response(JSON.stringify(body), {
      status: path in answers ? 200 : 404,
      headers: { "Content-Type": "application/json" },
    }),
  );
}

function Address() {
  return <output data-testid="address">{useLocation().search}</output>;
}

function open(search = "") {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[`/flows${search}`]}>
        <FlowsPage />
        <Address />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

const RANGE = { from: FROM, to: TO, resolution: "MINUTE" };

beforeEach(async () => {
  asked = [];
  answers = {
    "/flows": { items: [conversation()], nextCursor: null, ...RANGE },
    "/flows/timeline": { points: [{ at: FROM, conversations: 1, sums: conversation().sums }], ...RANGE },
    "/flows/losses": [losses()],
    "/flows/matrix": { items: [cell(end(), end({ vmId: "vm-2", name: "db-1" }), 2048)], more: false, ...RANGE },
    "/flows/new-since": { items: [], nextCursor: null },
  };
  vi.stubGlobal("fetch", fakeManager);
  await i18next.changeLanguage("en");
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the page of east-west traffic", () => {
  it("shows who talks to whom", async () => {
    open();
    const row = within(await screen.findByRole("row", { name: /web-1/ }));
    expect(row.getByRole("link", { name: "web-1" }).getAttribute("href")).toBe("/vms/vm-1");
    expect(row.getByRole("link", { name: "db-1" }).getAttribute("href")).toBe("/vms/vm-2");
    expect(row.getByText("TCP/443")).toBeTruthy();
    expect(row.getByText("3 KiB")).toBeTruthy();
    expect(row.getByText("2 resets")).toBeTruthy();
    expect(row.getByText("1.5 ms")).toBeTruthy();
    expect(row.getByText("Both ends")).toBeTruthy();
    expect(screen.queryByText(/do not report/)).toBeNull();
    expect(await screen.findByText(/3 KiB and 5 connections/)).toBeTruthy();
  });

  it("says what an end is when it is no VM that one may see", async () => {
    answers["/flows"] = {
      items: [
        conversation({ id: "flow-1", client: HIDDEN, server: OUTSIDE, direction: "NORTH_SOUTH" }),
        conversation({ id: "flow-2", client: end({ deleted: true, name: "old-1" }) }),
      ],
      nextCursor: null,
      ...RANGE,
    };
    open();
    expect(await screen.findByText("A VM you may not see")).toBeTruthy();
    expect(screen.getByText("10.0.0.9")).toBeTruthy();
    expect(screen.getByText("Outside")).toBeTruthy();
    expect(screen.getByText("old-1 (deleted)")).toBeTruthy();
    expect(screen.queryByRole("link", { name: /old-1/ })).toBeNull();
  });

  it("says openly what is missing", async () => {
    answers["/flows/losses"] = [losses({ source: "UNSUPPORTED" }), losses({ hostId: "h-2", hostName: "host-2", recordsDropped: 3 })];
    open();
    expect(await screen.findByText("1 host does not report traffic", { exact: false })).toBeTruthy();
    expect(screen.getByText("Something is missing from 1 host", { exact: false })).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "How complete this is" }));
    const row = within(await screen.findByRole("row", { name: /host-2/ }));
    expect(row.getByText("3")).toBeTruthy();
    expect(screen.getByText("Agent too old")).toBeTruthy();
  });

  it("asks for another range, order and direction, and keeps them in the address", async () => {
    open("?q=vm:web-1");
    await screen.findByRole("row", { name: /web-1/ });
    fireEvent.click(screen.getByRole("button", { name: "7 days" }));
    await waitFor(() => expect(screen.getByTestId("address").textContent).toBe("?q=vm%3Aweb-1&range=7d"));
    fireEvent.click(screen.getByRole("button", { name: "Last seen" }));
    await waitFor(() => expect(asked.some((path) => path.startsWith("/flows?") && path.includes("sort=lastSeen"))).toBe(true));
    expect(asked.filter((path) => path.startsWith("/flows?")).every((path) => path.includes("q=vm%3Aweb-1"))).toBe(true);
  });

  it("turns pages of a range that stands still", async () => {
    answers["/flows"] = { items: [conversation()], nextCursor: "more", ...RANGE };
    open();
    fireEvent.click(await screen.findByRole("button", { name: "Next page" }));
    const turned = `cursor=more&from=${encodeURIComponent(FROM)}&to=${encodeURIComponent(TO)}`;
    await waitFor(() => expect(screen.getByTestId("address").textContent).toBe(`?${turned}`));
    await waitFor(() => expect(asked.some((path) => path.includes("cursor=more") && path.includes(encodeURIComponent(TO)))).toBe(true));
    await waitFor(() => expect(screen.getByRole("button", { name: "Previous page" }).getAttribute("aria-disabled")).not.toBe("true"));
    fireEvent.click(screen.getByRole("button", { name: "Previous page" }));
    await waitFor(() => expect(screen.getByTestId("address").textContent).toBe(""));
  });

  it("leads from the matrix to the conversations behind a number", async () => {
    open("?view=matrix");
    fireEvent.click(await screen.findByRole("button", { name: "web-1 to db-1: 2 KiB in 1 conversations" }));
    await waitFor(() => expect(screen.getByTestId("address").textContent).toBe("?q=client%3Aweb-1+server%3Adb-1"));
  });

  it("shows who is new", async () => {
    const fresh: NewFlow = { ...conversation(), id: "flow-9" };
    answers["/flows/new-since"] = { items: [fresh], nextCursor: null };
    open("?view=new");
    expect(await screen.findByRole("row", { name: /web-1/ })).toBeTruthy();
    expect(asked.some((path) => path.startsWith("/flows/new-since?since="))).toBe(true);
  });

  it("says what to do when there is nothing, and what went wrong", async () => {
    answers["/flows"] = { items: [], nextCursor: null, ...RANGE };
    open();
    expect(await screen.findByText("No traffic was seen")).toBeTruthy();
    expect(screen.getByText(/start VMs that talk to each other/)).toBeTruthy();
    cleanup();
    delete answers["/flows"];
    open();
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  });

  it("takes along what is searched for when it is exported", async () => {
    open("?q=port:443");
    const link = await screen.findByRole("link", { name: "Export" });
    expect(link.getAttribute("href")).toMatch(/^\/api\/v1\/flows\/export\?from=.*&q=port%3A443$/);
  });

  it("speaks Spanish", async () => {
    await i18next.changeLanguage("es");
    open();
    expect(await screen.findByRole("heading", { name: "Tráfico este-oeste", level: 1 })).toBeTruthy();
    expect(await screen.findByText("Ambos extremos")).toBeTruthy();
  });
});

describe("a VM's page", () => {
  function openPeers(permissions: Permission[]) {
    render(
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <MemoryRouter>
          <SessionContext.Provider value={{ username: "ana", mustEnrol: false, permissions }}>
            <VmPeers vm={vm()} />
          </SessionContext.Provider>
        </MemoryRouter>
      </QueryClientProvider>,
    );
  }

  it("says whom the VM talks to", async () => {
    const peer = {
      peer: end({ vmId: "vm-2", name: "db-1" }),
      sentBytes: 1024,
      receivedBytes: 2048,
      bytes: 3072,
      conversations: 1,
      asClient: 1,
      services: ["TCP/5432"],
      firstSeen: FROM,
      lastSeen: TO,
    };
    answers["/vms/vm-1/peers"] = { items: [peer, { ...peer, peer: OUTSIDE }], more: false, ...RANGE };
    openPeers(["FLOW_READ"]);
    const row = within(await screen.findByRole("row", { name: /db-1/ }));
    expect(row.getByText("TCP/5432")).toBeTruthy();
    expect(row.getByText("1 KiB")).toBeTruthy();
    expect(screen.getByRole("row", { name: /192\.0\.2\.7/ })).toBeTruthy();
    expect(screen.getByRole("link", { name: "All its traffic" }).getAttribute("href")).toBe("/flows?q=vm%3Aweb-1");
  });

  it("says nothing of it to those who may not see traffic", () => {
    openPeers(["VM_READ"]);
    expect(screen.queryByText("Talks to")).toBeNull();
    expect(asked).toEqual([]);
  });
});
