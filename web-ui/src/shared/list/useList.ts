import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Page } from "../../api/types";
import { api, type Query } from "../http/client";
import { keys, type Noun } from "../queryKeys";

/** One page of a list of the API; `refreshMs` for what changes without an event. */
export function useList<T>(noun: Noun, query: Query, enabled = true, refreshMs?: number) {
  return useQuery({
    queryKey: keys.list(noun, query),
    queryFn: ({ signal }) => api.get<Page<T>>(`/${noun}`, query, signal),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: refreshMs,
  });
}

/** One object of the API. */
export function useOne<T>(noun: Noun, id: string | null | undefined) {
  return useQuery({
    queryKey: keys.one(noun, id ?? ""),
    queryFn: ({ signal }) => api.get<T>(`/${noun}/${encodeURIComponent(id ?? "")}`, undefined, signal),
    enabled: Boolean(id),
  });
}
