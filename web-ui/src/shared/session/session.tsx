import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { LoginAnswer, Permission, Session } from "../../api/types";
import { api, ApiError } from "../http/client";

export const SESSION_KEY = ["session"] as const;

/** The session, or null when nobody is logged in. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: async ({ signal }): Promise<Session | null> => {
      try {
        return await api.get<Session>("/auth/session", undefined, signal);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          return null;
        }
        throw error;
      }
    },
    staleTime: Infinity,
    // Anything else is for the reader to try again; this only takes the time the manager asked for.
    retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 429,
  });
}

/** The session that signing in began; undefined: a second step is needed. */
export function sessionOf(answer: LoginAnswer): Session | undefined {
  return answer.username == null
    ? undefined
    : { username: answer.username, permissions: answer.permissions, mustEnrol: answer.mustEnrol };
}

/** Another session, or none: nothing that one person saw stays in memory for the next one. */
export function replaceSession(client: QueryClient, session: Session | null): void {
  client.setQueryData(SESSION_KEY, session);
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) {
    throw new Error("useSession outside of a session");
  }
  return session;
}

export function usePermission(): (permission: Permission) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

export function useLogOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    try {
      await api.post<undefined>("/auth/logout");
    } finally {
      replaceSession(client, null);
    }
  };
}
