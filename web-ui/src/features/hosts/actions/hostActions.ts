import type { Host } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";

/** What can be done to a host; row menus, the details page and the bulk bar all read this list. */
export const hostActions: Action<Host>[] = [
  {
    id: "maintenance",
    label: "hosts.maintenance",
    permission: "HOST_MAINTENANCE",
    isProminent: true,
    isBulk: true,
    disabledReason: (host) => {
      if (host.maintenance) {
        return { key: "hosts.reason.alreadyInMaintenance" };
      }
      return host.reserved.vms > 0
        ? { key: "hosts.reason.vmsRunning", values: { count: host.reserved.vms } }
        : undefined;
    },
    confirm: { title: "hosts.confirmMaintenance", body: "hosts.confirmMaintenanceBody" },
    call: async (host, idempotencyKey) => {
      await api.post<Host>(`/hosts/${host.id}/maintenance`, { idempotencyKey });
      return undefined;
    },
  },
  {
    id: "activate",
    label: "hosts.activate",
    permission: "HOST_MAINTENANCE",
    isProminent: true,
    isBulk: true,
    disabledReason: (host) => (host.maintenance ? undefined : { key: "hosts.reason.notInMaintenance" }),
    call: async (host, idempotencyKey) => {
      await api.post<Host>(`/hosts/${host.id}/activate`, { idempotencyKey });
      return undefined;
    },
  },
  {
    id: "whoCan",
    label: "access.whoCan",
    permission: "ACCESS_EXPLAIN",
    to: (host) => `/access/explain?object=HOST:${host.id}&permission=HOST_MAINTENANCE`,
  },
];
