import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, type ApiError } from "../http/client";
import { StepUpDialog } from "./StepUpDialog";

interface Sent {
  path: string;
  method: string;
  key: string | null;
  body: unknown;
}

let sent: Sent[];
let isProved: boolean;
let factors: string[];
let stepUp: () => Response;

function problem(status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ code, status, detail: "what the manager says", ...more }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

function right(): Response {
  isProved = true;
  return new Response(null, { status: 204 });
}

beforeEach(() => {
  [sent, isProved, factors, stepUp] = [[], false, ["TOTP", "RECOVERY_CODE"], right];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "");
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
    sent.push({ path, method: init.method ?? "", key: new Headers(init.headers).get("Idempotency-Key"), body });
    if (path === "/auth/step-up") {
      return Promise.resolve(stepUp());
    }
    return Promise.resolve(
      isProved || !path.startsWith("/vms")
        ? new Response('{"id":"task-1"}', { headers: { "Content-Type": "application/json" } })
        : problem(403, "STEP_UP_REQUIRED", { factors }),
    );
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const deletions = () => sent.filter((each) => each.path.startsWith("/vms"));
const dialogs = () => screen.queryAllByRole("dialog");

/** A call that somebody waits for, and how it ended. */
function called<T>(call: Promise<T>): { end: Promise<T | ApiError> } {
  return { end: call.catch((error: unknown) => error as ApiError) };
}

async function type(label: string, text: string): Promise<void> {
  fireEvent.change(await screen.findByLabelText(new RegExp(label)), { target: { value: text } });
  fireEvent.click(screen.getByRole("button", { name: "Go on" }));
}

describe("a request that needs its person to show who they are", () => {
  it("asks, proves it, and goes on with the same key", async () => {
    render(<StepUpDialog />);
    const call = called(api.delete<{ id: string }>("/vms/1", { version: 3 }));
    await type("Code of your authenticator", "123456");
    expect(await call.end).toEqual({ id: "task-1" });

    expect(sent.find((each) => each.path === "/auth/step-up")?.body).toEqual({ totp: "123456" });
    const [refused, repeated] = deletions();
    expect(refused?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(repeated).toEqual(refused);
    await waitFor(() => expect(dialogs()).toEqual([]));
  });

  it("offers the other factors that would do, and no others", async () => {
    render(<StepUpDialog />);
    const call = called(api.delete("/vms/1"));
    expect(await screen.findByRole("button", { name: "Use a recovery code instead" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /password/ })).toBeNull();
    // This browser has no passkeys.
    expect(screen.queryByRole("button", { name: /passkey/ })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Use a recovery code instead" }));
    await type("Recovery code", "AAAA-BBBB-CCCC-DDDD");
    await call.end;
    expect(sent.find((each) => each.path === "/auth/step-up")?.body).toEqual({ recoveryCode: "AAAA-BBBB-CCCC-DDDD" });
  });

  it("asks for the password of who has nothing else", async () => {
    factors = ["PASSWORD"];
    render(<StepUpDialog />);
    const call = called(api.post("/vms/actions", { body: { action: "DELETE", vmIds: ["1", "2"] }, idempotencyKey: "k" }));
    await type("Password", " with spaces ");
    await call.end;
    expect(sent.find((each) => each.path === "/auth/step-up")?.body).toEqual({ password: " with spaces " });
    expect(deletions().map((each) => each.key)).toEqual(["k", "k"]);
  });

  it("is asked for once, however many requests there are", async () => {
    render(<StepUpDialog />);
    const calls = ["1", "2", "3"].map((id) => called(api.delete(`/vms/${id}`)));
    await type("Code of your authenticator", "123456");
    for (const each of calls) {
      expect(await each.end).toEqual({ id: "task-1" });
    }
    expect(sent.filter((each) => each.path === "/auth/step-up")).toHaveLength(1);
    expect(deletions()).toHaveLength(6);
  });

  it("says that nothing was changed when its person does not, and asks again another time", async () => {
    render(<StepUpDialog />);
    const calls = ["1", "2"].map((id) => called(api.delete(`/vms/${id}`)));
    fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    for (const each of calls) {
      expect(await each.end).toMatchObject({ code: "STEP_UP_CANCELLED" });
    }
    expect(deletions()).toHaveLength(2);
    expect(dialogs()).toEqual([]);

    const again = called(api.delete("/vms/1"));
    await type("Code of your authenticator", "123456");
    expect(await again.end).toEqual({ id: "task-1" });
  });

  it("is not asked for a second time by a refusal that comes late", async () => {
    const late: (() => void)[] = [];
    const answers = globalThis.fetch;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const answer = await answers(url, init);
      if (url.endsWith("/vms/late") && late.length === 0) {
        await new Promise<void>((resolve) => late.push(resolve));
      }
      return answer;
    });
    render(<StepUpDialog />);
    const slow = called(api.delete("/vms/late"));
    const quick = called(api.delete("/vms/quick"));
    fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(await quick.end).toMatchObject({ code: "STEP_UP_CANCELLED" });
    late.forEach((answer) => answer());
    expect(await slow.end).toMatchObject({ code: "STEP_UP_CANCELLED" });
    expect(dialogs()).toEqual([]);
  });

  it("stays open after a wrong code, and tells how long to wait after too many", async () => {
    stepUp = () => problem(403, "FACTOR_WRONG");
    render(<StepUpDialog />);
    const call = called(api.delete("/vms/1"));
    await type("Code of your authenticator", "000000");
    expect((await screen.findByRole("alert")).textContent).toContain("This code is not the one of now");
    expect(screen.getByLabelText<HTMLInputElement>(/Code of your authenticator/).value).toBe("");

    stepUp = () => problem(429, "TOO_MANY_REQUESTS", {}, { "Retry-After": "240" });
    await type("Code of your authenticator", "000000");
    expect(await screen.findByText(/Try again in 4 minutes/)).toBeTruthy();
    // The rest of the page goes on meanwhile.
    await called(api.get("/hosts")).end;
    expect(sent.at(-1)?.path).toBe("/hosts");

    stepUp = right;
    await type("Code of your authenticator", "123456");
    expect(await call.end).toEqual({ id: "task-1" });
  });

  it("closes alone on Escape, not the dialog below it", async () => {
    const below = vi.fn();
    document.addEventListener("keydown", below);
    render(<StepUpDialog />);
    const call = called(api.delete("/vms/1"));
    fireEvent.keyDown(await screen.findByLabelText(/Code of your authenticator/), { key: "Escape" });
    expect(await call.end).toMatchObject({ code: "STEP_UP_CANCELLED" });
    expect(below).not.toHaveBeenCalled();
    document.removeEventListener("keydown", below);
  });

  it("is refused as it is where nothing would help, or nobody asks", async () => {
    expect(await called(api.delete("/vms/1")).end).toMatchObject({ code: "STEP_UP_REQUIRED" });
    factors = [];
    render(<StepUpDialog />);
    const call = called(api.delete("/vms/1"));
    expect(await act(() => call.end)).toMatchObject({ code: "STEP_UP_REQUIRED" });
    expect(dialogs()).toEqual([]);
  });
});
