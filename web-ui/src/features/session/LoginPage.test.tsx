import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../api/types";
import { SESSION_KEY } from "../../shared/session/session";
import { LoginPage } from "./LoginPage";

let client: QueryClient;
let answers: Record<string, [status: number, body: unknown, headers?: Record<string, string>]>;
let sent: Record<string, unknown>[];

const SIGNED_IN = { username: "ana", permissions: ["VM_READ"], mustEnrol: false, mfaRequired: [], pending: null };
const HALF = { username: null, permissions: [], mustEnrol: false, mfaRequired: ["TOTP", "RECOVERY_CODE"], pending: "half" };

beforeEach(() => {
  client = new QueryClient();
  [answers, sent] = [{}, []];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "");
    sent.push({ path, ...(typeof init.body === "string" ? (JSON.parse(init.body) as object) : {}) });
    const [status, body, headers] = answers[path] ?? [404, { code: "NOT_FOUND" }];
    return Promise.resolve(
      new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } }),
    );
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(): void {
  render(
    <QueryClientProvider client={client}>
      <LoginPage />
    </QueryClientProvider>,
  );
}

function password(): void {
  fireEvent.change(screen.getByLabelText(/User name/), { target: { value: "ana" } });
  fireEvent.change(screen.getByLabelText(/Password/), { target: { value: "a password" } });
  fireEvent.click(screen.getByRole("button", { name: "Log in" }));
}

async function code(label: RegExp, value: string): Promise<void> {
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });
  fireEvent.click(screen.getByRole("button", { name: "Log in" }));
}

async function session(): Promise<Session | undefined> {
  await vi.waitFor(() => expect(client.getQueryData(SESSION_KEY)).toBeTruthy());
  return client.getQueryData<Session>(SESSION_KEY);
}

describe("logging in", () => {
  it("takes one step for who has no second factor", async () => {
    answers["/auth/login"] = [200, SIGNED_IN];
    show();
    password();
    expect(await session()).toEqual({ username: "ana", permissions: ["VM_READ"], mustEnrol: false });
  });

  it("takes a second step with the code of an application", async () => {
    answers["/auth/login"] = [200, HALF];
    answers["/auth/mfa"] = [200, SIGNED_IN];
    show();
    password();
    await code(/authenticator application/, "123456");
    expect((await session())?.username).toBe("ana");
    expect(sent.at(-1)).toEqual({ path: "/auth/mfa", pending: "half", totp: "123456" });
  });

  it("takes a second step with a recovery code", async () => {
    answers["/auth/login"] = [200, HALF];
    answers["/auth/mfa"] = [200, SIGNED_IN];
    show();
    password();
    fireEvent.click(await screen.findByRole("button", { name: "Use a recovery code instead" }));
    await code(/Recovery code/, "AAAA-BBBB");
    await session();
    expect(sent.at(-1)).toEqual({ path: "/auth/mfa", pending: "half", recoveryCode: "AAAA-BBBB" });
  });

  it("says when the password is wrong, and forgets it", async () => {
    answers["/auth/login"] = [401, { code: "UNAUTHENTICATED" }];
    show();
    password();
    expect((await screen.findByRole("alert")).textContent).toContain("User name or password is wrong");
    expect(screen.getByLabelText<HTMLInputElement>(/Password/).value).toBe("");
    expect(screen.getByLabelText<HTMLInputElement>(/User name/).value).toBe("ana");
  });

  it("says how long to wait after too many failures", async () => {
    answers["/auth/login"] = [429, { code: "TOO_MANY_REQUESTS" }, { "Retry-After": "30" }];
    show();
    password();
    expect((await screen.findByRole("alert")).textContent).toMatch(/Too many failed attempts.*Try again in 30 seconds/);
  });

  it("says when a code is wrong, and stays where it is", async () => {
    answers["/auth/login"] = [200, HALF];
    answers["/auth/mfa"] = [403, { code: "FACTOR_WRONG" }];
    show();
    password();
    await code(/authenticator application/, "000000");
    expect((await screen.findByRole("alert")).textContent).toContain("This code is not the one of now");
    expect(screen.getByLabelText(/authenticator application/)).toBeTruthy();
  });

  it("goes back to the password when the first step is over", async () => {
    answers["/auth/login"] = [200, HALF];
    answers["/auth/mfa"] = [401, { code: "UNAUTHENTICATED" }];
    show();
    password();
    await code(/authenticator application/, "000000");
    expect((await screen.findByRole("alert")).textContent).toContain("Begin again with your user name and password");
    expect(screen.getByLabelText(/User name/)).toBeTruthy();
  });

  it("offers a passkey alone where the browser has them, and nowhere else", async () => {
    show();
    expect(screen.queryByRole("button", { name: "Log in with a passkey" })).toBeNull();
    cleanup();

    const bytes = new ArrayBuffer(1);
    vi.stubGlobal("PublicKeyCredential", () => undefined);
    vi.stubGlobal("navigator", {
      credentials: {
        get: () => ({
          id: "AA",
          rawId: bytes,
          type: "public-key",
          authenticatorAttachment: null,
          getClientExtensionResults: () => ({}),
          response: { clientDataJSON: bytes, authenticatorData: bytes, signature: bytes, userHandle: null },
        }),
      },
    });
    answers["/auth/passkey/options"] = [200, { options: { challenge: "AA" } }];
    answers["/auth/passkey"] = [200, SIGNED_IN];
    show();
    fireEvent.click(screen.getByRole("button", { name: "Log in with a passkey" }));
    expect((await session())?.username).toBe("ana");
    expect(sent.at(-1)).toMatchObject({ path: "/auth/passkey", credential: { id: "AA" } });
  });
});
