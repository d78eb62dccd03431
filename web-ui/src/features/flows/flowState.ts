import { useCallback, useMemo } from "react";
import { useLocation, useSearchParams } from "react-router";
import type { FlowResolution, Timestamp } from "../../api/types";
import type { Query } from "../../shared/http/client";

/** Lengths of the range before now, by their names in the address. */
export const RANGES = { "1h": 1, "6h": 6, "24h": 24, "7d": 24 * 7, "30d": 24 * 30 } as const;
export type RangeName = keyof typeof RANGES;

export const VIEWS = ["conversations", "matrix", "new"] as const;
export type View = (typeof VIEWS)[number];

export const LIMITS = [20, 50, 100, 200] as const;

const HOUR_MS = 3_600_000;
const DEFAULTS = { range: "1h", view: "conversations", sort: "-bytes", limit: 50 } as const;

export interface FlowState {
  q: string;
  range: RangeName;
  view: View;
  sort: string;
  limit: number;
  cursor: string;
  /** Set while turning pages: the range must not move on in between. */
  from: string;
  to: string;
}

const among = <T extends string | number>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((one) => one === value) ?? otherwise;

/** Reads the state out of a query string; what makes no sense is left at its default. */
export function parseFlowState(search: URLSearchParams): FlowState {
  return {
    q: search.get("q") ?? "",
    range: among(Object.keys(RANGES) as RangeName[], search.get("range"), DEFAULTS.range),
    view: among(VIEWS, search.get("view"), DEFAULTS.view),
    sort: search.get("sort") ?? DEFAULTS.sort,
    limit: among(LIMITS, Number(search.get("limit")), DEFAULTS.limit),
    cursor: search.get("cursor") ?? "",
    from: search.get("from") ?? "",
    to: search.get("to") ?? "",
  };
}

/** The shortest query string that means the same. */
export function writeFlowState(state: FlowState): URLSearchParams {
  const search = new URLSearchParams();
  const defaults: Partial<FlowState> = { ...DEFAULTS, q: "", cursor: "", from: "", to: "" };
  for (const [name, value] of Object.entries(state)) {
    if (value !== defaults[name as keyof FlowState]) search.set(name, String(value));
  }
  return search;
}

/** Whatever changes what is shown starts at the first page again, and now. */
export function changeFlowState(state: FlowState, change: Partial<FlowState>): FlowState {
  const next = { ...state, ...change };
  return change.cursor === undefined ? { ...next, cursor: "", from: "", to: "" } : next;
}

/** The range to ask for, as of now unless it stands still. */
export function rangeOf(state: FlowState, now: number): { from: Timestamp; to: Timestamp | undefined } {
  return state.from !== "" && state.to !== ""
    ? { from: state.from, to: state.to }
    : { from: new Date(now - RANGES[state.range] * HOUR_MS).toISOString(), to: undefined };
}

export function listQuery(state: FlowState, now: number): Query {
  return {
    ...rangeOf(state, now),
    q: state.q.trim() || undefined,
    sort: state.sort,
    limit: state.limit,
    cursor: state.cursor || undefined,
  };
}

const BUCKET_MS: Record<FlowResolution, number> = { MINUTE: 60_000, HOUR: HOUR_MS, DAY: 24 * HOUR_MS };

/** A value for every bucket of the range: the manager leaves out those in which nothing was seen. */
export function bucketValues(
  points: { at: Timestamp; value: number }[],
  range: { from: Timestamp; to: Timestamp; resolution: FlowResolution },
): number[] {
  const from = new Date(range.from).getTime();
  const step = BUCKET_MS[range.resolution];
  const values = new Array<number>(Math.max(0, Math.round((new Date(range.to).getTime() - from) / step))).fill(0);
  for (const point of points) {
    const index = Math.round((new Date(point.at).getTime() - from) / step);
    if (index >= 0 && index < values.length) values[index] = point.value;
  }
  return values;
}

interface PageHistory {
  previous?: Partial<FlowState>[];
}

/** What is shown, kept in the address. */
export function useFlowState() {
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  const state = useMemo(() => parseFlowState(search), [search]);
  const previous = (location.state as PageHistory | null)?.previous ?? [];
  const change = useCallback(
    (difference: Partial<FlowState>) =>
      setSearch((current) => writeFlowState(changeFlowState(parseFlowState(current), difference)), {
        replace: difference.q !== undefined,
      }),
    [setSearch],
  );
  const { cursor, from, to } = state;
  const turn = (page: Partial<FlowState>, history: Partial<FlowState>[]) =>
    setSearch(writeFlowState(changeFlowState(state, page)), { state: { previous: history } satisfies PageHistory });
  return {
    state,
    change,
    isFirstPage: cursor === "",
    next: (page: { cursor: string; from: Timestamp; to: Timestamp }) => turn(page, [...previous, { cursor, from, to }]),
    back: () => turn(previous.at(-1) ?? { cursor: "", from: "", to: "" }, previous.slice(0, -1)),
  };
}
