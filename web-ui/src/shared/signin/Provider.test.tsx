import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leave } from "./leave";
import { ANSWER_PATH, ProviderAnswerPage, ProviderButton, ProviderStepUp } from "./Provider";

let answers: Record<string, [status: number, body: unknown]>;
let sent: Record<string, unknown>[];
let left: string[];
const { to, for: instead } = leave;

beforeEach(() => {
  [answers, sent, left] = [{}, [], []];
  leave.to = (url) => void left.push(url);
  leave.for = (path) => void left.push(path);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "");
    sent.push({ path, ...(typeof init.body === "string" ? (JSON.parse(init.body) as object) : {}) });
    const [status, body] = answers[path] ?? [404, { code: "NOT_FOUND" }];
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } }));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  leave.to = to;
  leave.for = instead;
  window.history.replaceState(null, "", "/");
});

function show(what: ReactNode): void {
  render(<QueryClientProvider client={new QueryClient()}>{what}</QueryClientProvider>);
}

describe("the identity provider's button", () => {
  it("sends the browser to the provider and says where to come back to", async () => {
    window.history.replaceState(null, "", "/vms?search=status%3Dup");
    answers["/auth/oidc"] = [200, { name: "Corp SSO" }];
    answers["/auth/oidc/begin"] = [200, { url: "https://sso.example/auth?state=s" }];
    show(<ProviderButton onError={() => undefined} />);
    fireEvent.click(await screen.findByRole("button", { name: "Sign in with Corp SSO" }));
    await vi.waitFor(() => expect(left).toEqual(["https://sso.example/auth?state=s"]));
    expect(sent.at(-1)).toEqual({ path: "/auth/oidc/begin", returnTo: "/vms?search=status%3Dup" });
  });

  it("is not there without a provider", async () => {
    answers["/auth/oidc"] = [200, { name: null }];
    show(<ProviderButton onError={() => undefined} />);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("says when the provider does not answer, and can be tried again", async () => {
    const errors: unknown[] = [];
    answers["/auth/oidc"] = [200, { name: "Corp SSO" }];
    answers["/auth/oidc/begin"] = [503, { code: "IDENTITY_PROVIDER_UNAVAILABLE" }];
    show(<ProviderButton onError={(error) => errors.push(error)} />);
    fireEvent.click(await screen.findByRole("button"));
    await vi.waitFor(() => expect(errors.at(-1)).toMatchObject({ code: "IDENTITY_PROVIDER_UNAVAILABLE" }));
    await vi.waitFor(() => expect(screen.getByRole("button")).toHaveProperty("disabled", false));
  });
});

describe("coming back from the provider", () => {
  it("hands over what it brought, forgets it, and goes on where the person was", async () => {
    window.history.replaceState(null, "", `${ANSWER_PATH}?state=s&code=c&iss=https%3A%2F%2Fsso.example`);
    answers["/auth/oidc/answer"] = [200, { session: {}, returnTo: "/hosts" }];
    show(<ProviderAnswerPage />);
    await vi.waitFor(() => expect(left).toEqual(["/hosts"]));
    expect(sent).toEqual([
      { path: "/auth/oidc/answer", state: "s", code: "c", iss: "https://sso.example", error: null },
    ]);
    expect(window.location.search).toBe("");
  });

  it("says in words why somebody was not let in", async () => {
    window.history.replaceState(null, "", `${ANSWER_PATH}?state=s&code=c`);
    answers["/auth/oidc/answer"] = [403, { code: "NO_GROUP", detail: "Ask your administrator." }];
    show(<ProviderAnswerPage />);
    expect(await screen.findByText(/You are in no group that may use Meseta/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Back to the log-in page" }));
    expect(left).toEqual(["/"]);
  });
});

describe("showing a factor again at the provider", () => {
  it("opens a window and goes on when it says that it was shown", async () => {
    const opened: string[] = [];
    let shown = 0;
    vi.stubGlobal("open", () => ({ location: { assign: (url: string) => opened.push(url) }, close: () => undefined }));
    answers["/auth/oidc"] = [200, { name: "Corp SSO" }];
    answers["/auth/oidc/step-up"] = [200, { url: "https://sso.example/auth?acr_values=mfa" }];
    show(<ProviderStepUp onShown={() => shown++} />);
    fireEvent.click(await screen.findByRole("button", { name: "Show a second factor at Corp SSO" }));
    await vi.waitFor(() => expect(opened).toEqual(["https://sso.example/auth?acr_values=mfa"]));
    expect(shown).toBe(0);

    const other = new BroadcastChannel("meseta-provider-step-up");
    other.postMessage("shown");
    await vi.waitFor(() => expect(shown).toBe(1));
    other.close();
  });
});
