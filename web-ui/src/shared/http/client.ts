import type { ErrorCode, Problem } from "../../api/types";
import { toldToWait, waitAsTold } from "./patience";
import { mark, prove } from "./stepUp";

/**
 * A problem of the manager, or one that the page makes itself: UNREACHABLE (status 0) when there is no answer, HTTP_502
 * and its like when the answer is none of the manager, STEP_UP_CANCELLED when it wanted a factor and the person showed none.
 */
export type Failure = Partial<Omit<Problem, "code" | "status">> & {
  code: ErrorCode | "UNREACHABLE" | "STEP_UP_CANCELLED" | `HTTP_${number}`;
  status: number;
  /** Seconds after which to try again, where the manager says so. */
  retryAfter?: number;
};

const BASE = "/api/v1";
const TOO_MANY_REQUESTS = 429;

/** Too many wrong passwords or codes: that is said where they were typed, and the rest of the page goes on. */
const OF_ONE_PERSON = /^\/(auth|account)\//;

/** What the manager refused, or that it could not be reached (code UNREACHABLE, status 0). */
export class ApiError extends Error {
  constructor(readonly problem: Failure) {
    super(problem.detail ?? problem.title ?? problem.code);
    this.name = "ApiError";
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }

  /** Whether the same may well succeed in a moment: nobody answered, the manager is not well, or wants us to wait. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === TOO_MANY_REQUESTS || this.status >= 500;
  }

  /** The message for one field of the request, where there is one. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === name)?.message;
  }
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface Request {
  query?: Query;
  body?: unknown;
  /** Version of the object the caller looked at: the manager refuses when it has changed since. */
  version?: number;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export function readCookie(name: string, cookies: string = document.cookie): string | undefined {
  const pair = cookies.split("; ").find((cookie) => cookie.startsWith(`${name}=`));
  return pair === undefined ? undefined : decodeURIComponent(pair.slice(name.length + 1));
}

export function toSearch(query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== "") {
      search.set(name, String(value));
    }
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function problemOf(response: Response): Promise<Failure> {
  const type = response.headers.get("Content-Type") ?? "";
  const correlationId = response.headers.get("X-Correlation-Id") ?? undefined;
  if (type.includes("json")) {
    try {
      const body = (await response.json()) as Partial<Problem>;
      return { correlationId, ...body, status: response.status, code: body.code ?? `HTTP_${response.status}` };
    } catch {
      // A broken body says no more than the status line does.
    }
  }
  return { status: response.status, code: `HTTP_${response.status}`, title: response.statusText, correlationId };
}

function headersOf(method: string, request: Request, idempotencyKey: string): Headers {
  const headers = new Headers({ Accept: "application/json" });
  if (request.body !== undefined) {
    headers.set("Content-Type", "application/json");
  }
  if (method !== "GET") {
    const token = readCookie("XSRF-TOKEN");
    if (token !== undefined) {
      headers.set("X-XSRF-TOKEN", token);
    }
    headers.set("Idempotency-Key", idempotencyKey);
  }
  if (request.version !== undefined) {
    headers.set("If-Match", `"${request.version}"`);
  }
  return headers;
}

async function attempt(method: string, path: string, request: Request, idempotencyKey: string): Promise<Response> {
  if (method === "GET") {
    // What a person does themselves is tried at once, and they are told.
    await waitAsTold();
  }
  let response: Response;
  try {
    response = await fetch(`${BASE}${path}${toSearch(request.query)}`, {
      method,
      headers: headersOf(method, request, idempotencyKey),
      credentials: "same-origin",
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: request.signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") {
      throw cause;
    }
    throw new ApiError({ status: 0, code: "UNREACHABLE" });
  }
  if (response.ok) {
    return response;
  }
  const retryAfter = Number(response.headers.get("Retry-After") ?? 1) || 1;
  if (response.status !== TOO_MANY_REQUESTS) {
    throw new ApiError(await problemOf(response));
  }
  if (!OF_ONE_PERSON.test(path)) {
    toldToWait(retryAfter);
  }
  throw new ApiError({ ...(await problemOf(response)), retryAfter });
}

/** What is asked for, if need be after the person has shown again who they are; the same request then, with the same key. */
async function attemptWithStepUp(method: string, path: string, request: Request): Promise<Response> {
  const idempotencyKey = request.idempotencyKey ?? crypto.randomUUID();
  for (;;) {
    const begun = mark();
    try {
      return await attempt(method, path, request, idempotencyKey);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "STEP_UP_REQUIRED") {
        throw error;
      }
      switch (await prove(begun, error.problem.factors ?? [])) {
        case "PROVED":
          continue;
        case "CANCELLED":
          throw new ApiError({ ...error.problem, code: "STEP_UP_CANCELLED" });
        case "NOBODY_ASKS":
          throw error;
      }
    }
  }
}

async function send<T>(method: string, path: string, request: Request = {}): Promise<T> {
  const response = await attemptWithStepUp(method, path, request);
  if (response.status === 204 || response.headers.get("Content-Length") === "0") {
    return undefined as T;
  }
  return (await response.json()) as T;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => send<T>("GET", path, { query, signal }),
  post: <T>(path: string, request?: Request) => send<T>("POST", path, request),
  put: <T>(path: string, request?: Request) => send<T>("PUT", path, request),
  patch: <T>(path: string, request?: Request) => send<T>("PATCH", path, request),
  delete: <T>(path: string, request?: Request) => send<T>("DELETE", path, request),
};
