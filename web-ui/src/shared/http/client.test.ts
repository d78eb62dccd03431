import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError, readCookie, toSearch } from "./client";

let requests: { url: string; init: RequestInit }[];
let answer: () => Response | Promise<Response>;

const headers = () => new Headers(requests[0]?.init.headers);

beforeEach(() => {
  requests = [];
  answer = () => new Response("{}", { headers: { "Content-Type": "application/json" } });
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push({ url, init });
    return answer();
  });
  document.cookie = "XSRF-TOKEN=token%201";
});

afterEach(() => {
  document.cookie = "XSRF-TOKEN=; max-age=0";
  vi.unstubAllGlobals();
});

async function refusal(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("the client", () => {
  it("sends the forgery token and an idempotency key with a POST", async () => {
    await api.post("/vms", { body: { name: "a" }, query: { dryRun: true }, idempotencyKey: "key-1" });
    expect(requests[0]?.url).toBe("/api/v1/vms?dryRun=true");
    expect(headers().get("X-XSRF-TOKEN")).toBe("token 1");
    expect(headers().get("Idempotency-Key")).toBe("key-1");
  });

  it("gives every change a key of its own", async () => {
    await api.delete("/vms/1");
    const first = headers().get("Idempotency-Key");
    requests = [];
    await api.patch("/vms/1");
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers().get("Idempotency-Key")).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers().get("Idempotency-Key")).not.toBe(first);
  });

  it("sends neither with a GET", async () => {
    await api.get("/vms");
    expect(headers().has("X-XSRF-TOKEN")).toBe(false);
    expect(headers().has("Idempotency-Key")).toBe(false);
  });

  it("quotes the version it changes", async () => {
    await api.delete("/vms/1", { version: 7 });
    expect(headers().get("If-Match")).toBe('"7"');
  });

  it("keeps the manager's problem whole", async () => {
    const problem = {
      code: "VALIDATION_FAILED",
      detail: "The request is not valid.",
      correlationId: "c-1",
      errors: [{ field: "name", message: "is too long" }],
    };
    answer = () =>
      new Response(JSON.stringify(problem), { status: 400, headers: { "Content-Type": "application/problem+json" } });
    const error = await refusal(api.post("/vms", {}));
    expect(error.problem).toMatchObject({ ...problem, status: 400 });
    expect(error.field("name")).toBe("is too long");
  });

  it("makes a problem of an answer that is none", async () => {
    answer = () => new Response("<html>", { status: 502, headers: { "X-Correlation-Id": "c-2" } });
    expect((await refusal(api.get("/vms"))).problem).toMatchObject({ code: "HTTP_502", correlationId: "c-2" });
  });

  it("says that nobody answers", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    expect((await refusal(api.get("/vms"))).code).toBe("UNREACHABLE");
  });

  it("answers undefined where there is nothing to read", async () => {
    answer = () => new Response(null, { status: 204 });
    expect(await api.post("/auth/logout")).toBeUndefined();
  });

  it("reads one cookie among several", () => {
    expect(readCookie("b", "a=1; b=2; bb=3")).toBe("2");
    expect(readCookie("c", "a=1")).toBeUndefined();
  });

  it("leaves empty parameters out", () => {
    expect(toSearch({ q: "", sort: undefined, limit: 50, name: "a b" })).toBe("?limit=50&name=a+b");
  });
});
