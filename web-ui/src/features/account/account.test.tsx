import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Permission } from "../../api/types";
import { NotificationsProvider } from "../../shared/notifications/notifications";
import { SESSION_KEY, SessionContext } from "../../shared/session/session";
import { AccountPage } from "./AccountPage";
import { browserOf } from "./browser";
import { EnrolFirst } from "./EnrolFirst";
import { bodyOf, EMPTY, isComplete, possibleVerbs } from "./tokens/tokenForm";

const AT = "2026-01-02T03:04:05Z";
const CODES = ["AAAA-AAAA-AAAA-AAAA", "BBBB-BBBB-BBBB-BBBB"];
const TOTP = { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Meseta:ana?secret=JBSWY3DPEHPK3PXP" };

let client: QueryClient;
let answers: Record<string, unknown>;
let sent: { call: string; body?: unknown }[];

beforeEach(() => {
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  sent = [];
  answers = {
    "GET /account/factors": { totpSince: null, totpUsedAt: null, passkeys: [], recoveryCodesLeft: 0, atProvider: false },
    "GET /sessions": {
      items: [
        { id: "s-1", createdAt: AT, usedAt: AT, remoteAddress: "192.0.2.1", userAgent: "", factors: ["PASSWORD"], isThis: true },
        { id: "s-2", createdAt: AT, usedAt: AT, remoteAddress: "192.0.2.2", userAgent: "", factors: ["PASSKEY"], isThis: false },
      ],
    },
    "GET /tokens": [],
    "POST /account/totp": TOTP,
    "POST /account/totp/confirm": { recoveryCodes: CODES },
  };
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const call = `${init.method ?? ""} ${url.replace("/api/v1", "").replace(/\?.*/, "")}`;
    sent.push({ call, body: typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined });
    const answer = answers[call];
    return Promise.resolve(
      answer === undefined
        ? new Response(null, { status: 204 })
        : new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } }),
    );
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(page: ReactNode, permissions: Permission[] = ["SESSION_OWN", "TOKEN_OWN", "VM_READ", "VM_DELETE"]): void {
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <SessionContext.Provider value={{ username: "ana", mustEnrol: false, permissions }}>
          <NotificationsProvider>{page}</NotificationsProvider>
        </SessionContext.Provider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

async function enrolTotp(): Promise<void> {
  fireEvent.click(await screen.findByRole("button", { name: "Enrol an authenticator application" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByRole("img", { name: /QR code/ })).toBeTruthy();
  expect(within(dialog).getByDisplayValue(TOTP.secret)).toBeTruthy();
  fireEvent.change(within(dialog).getByLabelText(/Code that it shows/), { target: { value: "123456" } });
  fireEvent.click(within(dialog).getByRole("button", { name: "Enrol" }));
}

const was = (call: string) => sent.filter((each) => each.call === call);

describe("my account", () => {
  it("enrols an application and gives the recovery codes away only once they are kept", async () => {
    show(<AccountPage />);
    await enrolTotp();
    expect((await screen.findByTestId("recovery-codes")).textContent).toBe(CODES.join("\n"));
    expect(was("POST /account/totp/confirm")[0]?.body).toEqual({ code: "123456" });
    const done = screen.getByRole("button", { name: "Done" });
    fireEvent.keyDown(done, { key: "Escape" });
    expect(done.getAttribute("aria-disabled")).toBe("true");
    fireEvent.click(screen.getByLabelText("I have kept them"));
    fireEvent.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByTestId("recovery-codes")).toBeNull());
    await waitFor(() => expect(was("GET /account/factors").length).toBeGreaterThan(1));
  });

  it("changes the password only when it was typed twice alike", async () => {
    show(<AccountPage />);
    fireEvent.click(await screen.findByRole("button", { name: "Change password" }));
    const dialog = await screen.findByRole("dialog");
    const fill = (label: RegExp, value: string) =>
      fireEvent.change(within(dialog).getByLabelText(label), { target: { value } });
    const submit = () => within(dialog).getByRole<HTMLButtonElement>("button", { name: "Change password" });
    fill(/Present password/, "old");
    fill(/^New password(?! again)/, "grapes under a table");
    fill(/New password again/, "grapes under a tabel");
    expect(submit().disabled).toBe(true);
    fill(/New password again/, "grapes under a table");
    fireEvent.click(submit());
    await waitFor(() =>
      expect(was("POST /account/password")[0]?.body).toEqual({ present: "old", wanted: "grapes under a table" }),
    );
  });

  it("sends whoever signs in elsewhere there, and offers nothing that would be refused", async () => {
    answers["GET /account/factors"] = {
      totpSince: null,
      totpUsedAt: null,
      passkeys: [],
      recoveryCodesLeft: 0,
      atProvider: true,
    };
    answers["GET /auth/oidc"] = { name: "Keycloak" };
    show(<AccountPage />);
    expect(await screen.findByText("You sign in with Keycloak")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Change password" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Enrol an authenticator application" })).toBeNull();
    expect(await screen.findByRole("button", { name: "Log out everywhere" })).toBeTruthy();
  });

  it("ends another session, and all of them", async () => {
    show(<AccountPage />);
    fireEvent.click(await screen.findByRole("button", { name: "End" }));
    await waitFor(() => expect(was("DELETE /sessions/s-2")).toHaveLength(1));
    fireEvent.click(screen.getByRole("button", { name: "Log out everywhere" }));
    fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Log out everywhere" }));
    await waitFor(() => expect(was("POST /sessions/end-all")).toHaveLength(1));
    await waitFor(() => expect(client.getQueryData(SESSION_KEY)).toBeNull());
  });

  it("makes a limited token and shows its secret once", async () => {
    const token = { id: "t", userId: "u", name: "nightly", permissions: ["VM_DELETE"], scopes: [], preAuthorised: ["VM_DELETE"], createdAt: AT, expiresAt: AT, lastUsedAt: null };
    answers["POST /tokens"] = { token, secret: "meseta_secret" };
    show(<AccountPage />);
    fireEvent.click(screen.getByRole("button", { name: "Create token" }));
    const dialog = await screen.findByRole("dialog");
    fireEvent.change(within(dialog).getByLabelText(/^Name/), { target: { value: "nightly" } });
    fireEvent.click(within(dialog).getByLabelText("Only some of it"));
    expect(within(dialog).getByRole<HTMLButtonElement>("button", { name: "Create" }).disabled).toBe(true);
    fireEvent.click(within(dialog).getByLabelText("VM_DELETE"));
    expect(within(dialog).getByLabelText<HTMLInputElement>("Delete images").disabled).toBe(true);
    fireEvent.click(within(dialog).getByLabelText("Delete VMs"));
    fireEvent.click(within(dialog).getByRole("button", { name: "Create" }));
    expect(await screen.findByDisplayValue("meseta_secret")).toBeTruthy();
    expect(was("POST /tokens")[0]?.body).toMatchObject({
      name: "nightly",
      permissions: ["VM_DELETE"],
      scopes: null,
      preAuthorised: ["VM_DELETE"],
    });
    fireEvent.click(screen.getByRole("button", { name: "I have kept it" }));
    await waitFor(() => expect(screen.queryByDisplayValue("meseta_secret")).toBeNull());
  });

  it("has no tokens for who may make none, and says where there are no passkeys", async () => {
    show(<AccountPage />, ["SESSION_OWN"]);
    expect((await screen.findByRole("button", { name: "Add a passkey" })).getAttribute("aria-disabled")).toBe("true");
    expect(screen.queryByText("API tokens")).toBeNull();
  });
});

describe("whoever must enrol a second factor", () => {
  it("sees nothing else, and goes on when the recovery codes are kept", async () => {
    const asked = vi.spyOn(client, "invalidateQueries");
    show(<EnrolFirst />);
    expect(screen.queryByRole("navigation")).toBeNull();
    await enrolTotp();
    await screen.findByTestId("recovery-codes");
    expect(asked).not.toHaveBeenCalled();
    fireEvent.click(screen.getByLabelText("I have kept them"));
    fireEvent.click(screen.getByRole("button", { name: "Done" }));
    expect(asked).toHaveBeenCalledWith({ queryKey: SESSION_KEY });
  });
});

describe("a new token", () => {
  it("does nothing dangerous that it has no permission for", () => {
    const form = { ...EMPTY, name: " n ", permissions: ["VM_READ"] as Permission[], verbs: ["VM_DELETE" as const] };
    expect(possibleVerbs(form, ["VM_READ", "VM_DELETE"])).toEqual([]);
    const now = new Date(AT);
    expect(bodyOf(form, ["VM_READ", "VM_DELETE"], now)).toEqual({
      name: "n",
      expiresAt: "2026-02-01T03:04:05.000Z",
      permissions: ["VM_READ"],
      scopes: null,
      preAuthorised: [],
    });
    expect(isComplete({ ...form, permissions: [] })).toBe(false);
  });
});

describe("the name of a browser", () => {
  const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";
  it.each([
    [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`, "Chrome 140, Linux"],
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, "Edge 140, Windows"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15", "Safari 18, macOS"],
    ["Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox 140, Android"],
    ["curl/8.5.0", "curl/8.5.0"],
    ["", undefined],
  ])("%s", (userAgent, name) => {
    expect(browserOf(userAgent)).toBe(name);
  });
});
