import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import i18next from "i18next";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Permission } from "../../api/types";
import { unavailable } from "../../shared/actions/action";
import { NotificationsProvider } from "../../shared/notifications/notifications";
import { SessionContext } from "../../shared/session/session";
import { explanation, grant, group, role, user } from "../../test/access";
import { AccessSection } from "./AccessSection";
import { roleActions } from "./roles/RolesPage";
import { userActions } from "./users/userActions";

const ALL: Permission[] = [
  "USER_READ",
  "USER_MANAGE",
  "GROUP_MANAGE",
  "ROLE_READ",
  "ROLE_MANAGE",
  "GRANT_READ",
  "GRANT_MANAGE",
  "ACCESS_EXPLAIN",
  "VM_READ",
  "DATA_CENTER_READ",
];

interface Sent {
  method: string;
  path: string;
  body: unknown;
  version: string | null;
}

// Whole pages are slow to be found by role when the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

let sent: Sent[] = [];
let answers: Record<string, unknown> = {};

/** Answers as the manager would; what nobody told it is an empty list. */
function fakeManager(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const address = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  const url = new URL(address, "https://manager");
  const path = url.pathname.replace("/api/v1", "");
  const method = init?.method ?? "GET";
  const headers = new Headers(init?.headers);
  const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
  sent.push({ method, path: path + url.search, body, version: headers.get("If-Match") });
  const answer = answers[`${method} ${path}`] ?? (method === "GET" ? { items: [], nextCursor: null } : {});
  const status = typeof answer === "object" && "code" in answer ? 403 : 200;
  return Promise.resolve(
    new Response(JSON.stringify(answer), { status, headers: { "Content-Type": "application/json" } }),
  );
}

function page(items: unknown[]) {
  return { items, nextCursor: null };
}

function open(path: string, permissions = ALL) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[`/access/${path}`]}>
        <SessionContext.Provider value={{ username: "admin", mustEnrol: false, permissions }}>
          <NotificationsProvider>
            <Routes>
              <Route path="/access/*" element={<AccessSection />} />
            </Routes>
          </NotificationsProvider>
        </SessionContext.Provider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

const changes = () => sent.filter(({ method }) => method !== "GET");

async function choose(label: string, value: string) {
  const select = await screen.findByRole("combobox", { name: label });
  await waitFor(() => expect(select.querySelector(`option[value="${value}"]`)).not.toBeNull());
  fireEvent.change(select, { target: { value } });
}

async function menu(name: string, item: string) {
  fireEvent.click(await screen.findByRole("button", { name: `Actions of ${name}` }));
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}

beforeEach(async () => {
  sent = [];
  answers = { "GET /roles/permissions": [{ permission: "VM_READ" }] };
  vi.stubGlobal("fetch", fakeManager);
  await i18next.changeLanguage("en");
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the pages of access", () => {
  it("are those that one may see", async () => {
    open("", ["GRANT_READ"]);
    const nav = within(await screen.findByRole("navigation", { name: "Access" }));
    expect(nav.getAllByRole("link").map((link) => link.textContent)).toEqual(["Grants"]);
    expect(await screen.findByRole("heading", { name: "Grants", level: 1 })).toBeTruthy();
    expect(await screen.findByText("No grants yet")).toBeTruthy();
  });

  it("show users with their groups, and say what is the matter with them", async () => {
    answers["GET /users"] = page([user({ groupIds: ["group-1"], disabled: true, hasSecondFactor: false })]);
    answers["GET /groups"] = page([group()]);
    open("users");
    const row = within(await screen.findByRole("row", { name: /ana/ }));
    expect(row.getByText("Disabled")).toBeTruthy();
    expect(await row.findByText("operators")).toBeTruthy();
    expect(row.getByText("None")).toBeTruthy();
  });

  it("speak Spanish", async () => {
    await i18next.changeLanguage("es");
    answers["GET /roles"] = page([role()]);
    open("roles");
    expect(await screen.findByText("Iniciar, parar y mover VM, y abrir sus consolas")).toBeTruthy();
    expect(screen.getByText("Viene con Meseta")).toBeTruthy();
  });
});

describe("users", () => {
  it("are made with a name and a password", async () => {
    open("users");
    const [button] = await screen.findAllByRole("button", { name: "Create user" });
    fireEvent.click(button as HTMLElement);
    const dialog = within(await screen.findByRole("dialog"));
    fireEvent.change(dialog.getByLabelText(/User name/), { target: { value: "berta" } });
    fireEvent.change(dialog.getByLabelText(/^Password/), { target: { value: "a long password" } });
    fireEvent.click(dialog.getByRole("button", { name: "Create user" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes()).toEqual([
      { method: "POST", path: "/users", body: { name: "berta", password: "a long password" }, version: null },
    ]);
  });

  it("stay in the dialog with the manager's words when they are refused", async () => {
    answers["POST /users"] = {
      code: "VALIDATION_FAILED",
      detail: "no",
      errors: [{ field: "password", message: "must have at least 12 characters" }],
    };
    open("users");
    const [button] = await screen.findAllByRole("button", { name: "Create user" });
    fireEvent.click(button as HTMLElement);
    const dialog = within(await screen.findByRole("dialog"));
    fireEvent.click(dialog.getByRole("button", { name: "Create user" }));
    expect(await dialog.findByText("It was not saved", { exact: false })).toBeTruthy();
    expect(dialog.getAllByText(/at least 12 characters/).length).toBeGreaterThan(0);
  });

  it("are disabled as they were seen", async () => {
    answers["GET /users"] = page([user()]);
    open("users");
    await menu("ana", "Disable");
    fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Disable" }));
    await waitFor(() => expect(changes()).toHaveLength(1));
    expect(changes()[0]).toEqual({
      method: "PUT",
      path: "/users/user-1",
      body: { displayName: "Ana", disabled: true },
      version: '"3"',
    });
  });

  it("join and leave groups, each group with its version", async () => {
    answers["GET /users"] = page([user({ groupIds: ["group-1"] })]);
    answers["GET /groups"] = page([
      group({ memberIds: ["user-1", "user-2"] }),
      group({ id: "group-2", name: "auditors", version: 9 }),
      group({ id: "group-3", name: "others" }),
    ]);
    open("users");
    await menu("ana", "Set groups");
    const dialog = within(await screen.findByRole("dialog"));
    fireEvent.click(await dialog.findByRole("checkbox", { name: /operators/ }));
    fireEvent.click(dialog.getByRole("checkbox", { name: /auditors/ }));
    fireEvent.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(changes()).toEqual([
      { method: "PUT", path: "/groups/group-1/members", body: { userIds: ["user-2"] }, version: '"4"' },
      { method: "PUT", path: "/groups/group-2/members", body: { userIds: ["user-1"] }, version: '"9"' },
    ]);
  });

  it("say why something cannot be done to them", () => {
    const reason = (id: string, change: Parameters<typeof user>[0], allowed = () => true) => {
      const action = userActions.find((candidate) => candidate.id === id);
      return action && unavailable(action, user(change), allowed)?.key;
    };
    expect(reason("resetFactors", { hasSecondFactor: false })).toBe("access.reason.noFactor");
    expect(reason("resetFactors", { hasSecondFactor: true })).toBeUndefined();
    expect(reason("disable", { disabled: true })).toBe("access.reason.isDisabled");
    expect(reason("enable", { disabled: false })).toBe("access.reason.isEnabled");
    expect(reason("delete", {}, () => false)).toBe("actions.missingPermission");
  });
});

describe("roles", () => {
  it("show what they hold in words, and the seeded ones are copied and not changed", async () => {
    answers["GET /roles"] = page([role()]);
    open("roles");
    await menu("operator", "Show permissions");
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      expect.stringContaining("VM_OPERATE"),
      expect.stringContaining("VM_READ"),
    ]);
    expect(dialog.getByText("see VMs")).toBeTruthy();
    const change = roleActions.find(({ id }) => id === "change");
    expect(change && unavailable(change, role(), () => true)?.key).toBe("access.reason.seeded");
    expect(change && unavailable(change, role({ seeded: false }), () => true)).toBeUndefined();
  });

  it("are made of permissions", async () => {
    answers["GET /roles/permissions"] = [{ permission: "VM_READ" }, { permission: "VM_DELETE" }];
    open("roles");
    const [button] = await screen.findAllByRole("button", { name: "Create role" });
    fireEvent.click(button as HTMLElement);
    const dialog = within(await screen.findByRole("dialog"));
    fireEvent.change(dialog.getByLabelText(/^Name/), { target: { value: "cleaner" } });
    fireEvent.click(await dialog.findByRole("checkbox", { name: /delete VMs/i }));
    fireEvent.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(changes()).toHaveLength(1));
    expect(changes()[0]?.body).toEqual({ name: "cleaner", description: "", permissions: ["VM_DELETE"] });
  });
});

describe("grants", () => {
  it("are not sent before somebody, a role and an object are chosen, and then say all of it", async () => {
    answers["GET /users"] = page([user()]);
    answers["GET /roles"] = page([role()]);
    answers["GET /roles/role-1"] = role();
    answers["GET /vms"] = page([{ id: "vm-1", name: "web-1" }]);
    open("grants");
    const [button] = await screen.findAllByRole("button", { name: "Create grant" });
    fireEvent.click(button as HTMLElement);
    const dialog = within(await screen.findByRole("dialog"));
    const submit = () => dialog.getByRole("button", { name: "Create grant" });
    expect(submit().getAttribute("aria-disabled")).toBe("true");
    await choose("User", "user-1");
    await choose("Role", "role-1");
    await choose("VM", "vm-1");
    await choose("Effect", "DENY");
    fireEvent.change(dialog.getByLabelText("Only with tag"), { target: { value: "prod" } });
    expect(await dialog.findByText(/Holds: see VMs, /)).toBeTruthy();
    expect(submit().getAttribute("aria-disabled")).not.toBe("true");
    fireEvent.click(submit());
    await waitFor(() => expect(changes()).toHaveLength(1));
    expect(changes()[0]?.body).toEqual({
      userId: "user-1",
      roleId: "role-1",
      scopeKind: "VM",
      scopeId: "vm-1",
      effect: "DENY",
      tag: "prod",
    });
  });

  it("are removed after a sentence says which", async () => {
    answers["GET /grants"] = page([grant({ effect: "DENY", tag: "prod" })]);
    open("grants");
    await menu("grant-1", "Remove");
    const dialog = within(await screen.findByRole("dialog"));
    expect(
      dialog.getByText("ana is denied what the role operator holds on VM web-1. Only for VMs with the tag prod."),
    ).toBeTruthy();
    fireEvent.click(dialog.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(changes()).toHaveLength(1));
    expect(changes()[0]).toMatchObject({ method: "DELETE", path: "/grants/grant-1" });
  });
});

describe("why and who", () => {
  const QUESTION = "explain?principal=user-1&permission=VM_OPERATE&object=VM:vm-1";

  it("says by which grants somebody may, in words", async () => {
    answers["GET /access/explain"] = explanation();
    open(QUESTION);
    const answer = await screen.findByTestId("explanation");
    expect(answer.textContent).toMatch(/ana may on VM web-1/);
    expect(answer.textContent).toContain(
      "The role operator on Cluster north, given to the group operators, allows it. Only for VMs with the tag prod.",
    );
    expect(answer.textContent).toContain("VM web-1 → Cluster north → the whole system");
    expect(sent.some(({ path }) => path.includes("principal=user-1&permission=VM_OPERATE&object=VM%3Avm-1"))).toBe(true);
  });

  it("says that nothing allows it, and what to do", async () => {
    answers["GET /access/explain"] = explanation({ allowed: false, chain: [] });
    open(QUESTION);
    expect((await screen.findByTestId("explanation")).textContent).toMatch(/may not on.*Create one to allow it/s);
  });

  it("lists who may when nobody is chosen", async () => {
    answers["GET /access/who-can"] = [{ userId: "user-1", userName: "ana", chain: explanation().chain }];
    open("explain?permission=VM_READ&object=VM:vm-1");
    const list = await screen.findByTestId("who-can");
    expect(list.textContent).toContain("ana");
    expect(list.textContent).toContain("The role operator on Cluster north");
  });
});

describe("the review", () => {
  it("asks for what is chosen, and so does the exported file", async () => {
    answers["GET /access/review"] = [grant()];
    open("review");
    expect(await screen.findByText("1 grant")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "By object" }));
    fireEvent.click(screen.getByRole("switch", { name: "Only grants that were never used" }));
    await waitFor(() => expect(sent.some(({ path }) => path === "/access/review?by=OBJECT&unused=true")).toBe(true));
    expect(screen.getByRole("link", { name: "Export as CSV" }).getAttribute("href")).toBe(
      "/api/v1/access/review.csv?by=OBJECT&unused=true",
    );
  });
});
