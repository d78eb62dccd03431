import { useCallback, useMemo } from "react";
import { useLocation, useSearchParams } from "react-router";
import type { Query } from "../http/client";

export const PAGE_SIZES = [20, 50, 100, 200] as const;
const DEFAULT_LIMIT = 50;

export interface ListState {
  q: string;
  /** Name of a field, with "-" in front for falling order. */
  sort: string;
  limit: number;
  cursor: string;
}

/** Reads the state of a list out of a query string; what makes no sense is left at its default. */
export function parseListState(search: URLSearchParams, defaultSort: string): ListState {
  const limit = Number(search.get("limit"));
  return {
    q: search.get("q") ?? "",
    sort: search.get("sort") ?? defaultSort,
    limit: PAGE_SIZES.some((size) => size === limit) ? limit : DEFAULT_LIMIT,
    cursor: search.get("cursor") ?? "",
  };
}

/** The shortest query string that means the same: defaults are left out, so that shared addresses stay readable. */
export function writeListState(state: ListState, defaultSort: string): URLSearchParams {
  const search = new URLSearchParams();
  if (state.q !== "") search.set("q", state.q);
  if (state.sort !== defaultSort) search.set("sort", state.sort);
  if (state.limit !== DEFAULT_LIMIT) search.set("limit", String(state.limit));
  if (state.cursor !== "") search.set("cursor", state.cursor);
  return search;
}

/** The change of a list's state: other rows, other order or other size start at the first page again. */
export function changeListState(state: ListState, change: Partial<ListState>): ListState {
  const next = { ...state, ...change };
  return change.cursor === undefined ? { ...next, cursor: "" } : next;
}

const TERM = /"[^"]*"|\S+/g;

/** The value of a `field:value` term of the search, if there is one. */
export function termOf(q: string, field: string): string | undefined {
  const prefix = `${field}:`;
  return (q.match(TERM) ?? []).find((term) => term.startsWith(prefix))?.slice(prefix.length);
}

/** The search with the term of one field set, or taken out when the value is undefined. */
export function withTerm(q: string, field: string, value: string | undefined): string {
  const others = (q.match(TERM) ?? []).filter((term) => !term.startsWith(`${field}:`));
  return [...others, ...(value === undefined ? [] : [`${field}:${value}`])].join(" ");
}

export function toQuery(state: ListState): Query {
  return {
    q: state.q.trim() || undefined,
    sort: state.sort || undefined,
    limit: state.limit,
    cursor: state.cursor || undefined,
  };
}

interface PageHistory {
  previous?: string[];
}

/** The state of the list on this page, kept in its address, so that it can be shared and the back button works. */
export function useListState(defaultSort: string) {
  const [search, setSearch] = useSearchParams();
  const location = useLocation();
  const state = useMemo(() => parseListState(search, defaultSort), [search, defaultSort]);
  const previous = (location.state as PageHistory | null)?.previous ?? [];

  const change = useCallback(
    (difference: Partial<ListState>) => {
      setSearch((current) => {
        const next = changeListState(parseListState(current, defaultSort), difference);
        return writeListState(next, defaultSort);
      }, { replace: difference.q !== undefined });
    },
    [setSearch, defaultSort],
  );

  const goTo = (cursor: string, history: string[]) =>
    setSearch(writeListState({ ...state, cursor }, defaultSort), { state: { previous: history } satisfies PageHistory });

  return {
    state,
    change,
    isFirstPage: state.cursor === "",
    next: (cursor: string) => goTo(cursor, [...previous, state.cursor]),
    /** Back to the page before; to the first one when the address was opened in the middle. */
    back: () => goTo(previous.at(-1) ?? "", previous.slice(0, -1)),
  };
}
