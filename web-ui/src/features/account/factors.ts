import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Factors } from "../../api/types";
import { api } from "../../shared/http/client";
import { keys } from "../../shared/queryKeys";

/** What one signs in with. */
export function useFactors() {
  return useQuery({
    queryKey: keys.account("factors"),
    queryFn: ({ signal }) => api.get<Factors>("/account/factors", undefined, signal),
    // Changed in another tab, or at another manager: no event tells of it.
    staleTime: 0,
  });
}

/** To be called after a change of anything on the account page. */
export function useAccountChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: keys.account() });
}
