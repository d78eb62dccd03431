import type { Query } from "./http/client";

export type Noun = "vms" | "hosts" | "tasks" | "events" | "images" | "networks" | "clusters" | "storage-domains" | "managers" | "audit" | "grants" | "users" | "groups" | "roles" | "datacenters";

/** Where things live in the query cache: one place, so that the event stream finds what the pages read. */
export const keys = {
  all: (noun: Noun) => [noun] as const,
  lists: (noun: Noun) => [noun, "list"] as const,
  list: (noun: Noun, query: Query) => [noun, "list", query] as const,
  one: (noun: Noun, id: string) => [noun, "one", id] as const,
  migrationTargets: (vmId: string) => ["vms", "one", vmId, "migration-targets"] as const,
  placementPreview: (request: unknown) => ["placement-preview", request] as const,
  /** What is one's own: factors, sessions, tokens. */
  account: (...part: string[]) => ["account", ...part] as const,
  progressHistory: (taskId: string) => ["tasks", "history", taskId] as const,
};
