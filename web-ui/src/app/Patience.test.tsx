import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError } from "../shared/http/client";
import "../shared/i18n/i18n";
import { Patience } from "./Patience";

let answers: Response[];
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  [answers, asked] = [[], []];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve(answers.shift() ?? new Response("{}", { headers: { "Content-Type": "application/json" } }));
  });
});

afterEach(() => {
  vi.runAllTimers();
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function tooMany(): Response {
  return new Response(JSON.stringify({ code: "TOO_MANY_REQUESTS", status: 429, detail: "ask again in 3 s" }), {
    status: 429,
    headers: { "Content-Type": "application/problem+json", "Retry-After": "3" },
  });
}

describe("a page that asks too much", () => {
  it("says so, asks nothing for as long as it was told, and goes on", async () => {
    render(<Patience />);
    expect(screen.queryByText(/asks this page to wait/)).toBeNull();
    answers.push(tooMany());
    const refusal = await act(() => api.get("/vms").catch((error: unknown) => error));
    expect(refusal).toBeInstanceOf(ApiError);
    expect((refusal as ApiError).isPassing).toBe(true);
    expect(screen.getByText(/asks this page to wait/)).toBeTruthy();

    const next = api.get("/hosts");
    await act(() => vi.advanceTimersByTimeAsync(2_999));
    expect(asked).toHaveLength(1);
    await act(() => vi.advanceTimersByTimeAsync(2));
    await next;
    expect(asked.at(-1)).toBe("/api/v1/hosts");
    expect(screen.queryByText(/asks this page to wait/)).toBeNull();
  });

  it("still tries what its reader does", async () => {
    answers.push(tooMany());
    await api.get("/vms").catch(() => undefined);
    await api.post("/vms", { body: {} });
    expect(asked).toHaveLength(2);
  });
});
