import type { User } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";
import { PasswordDialog, UserDialog, UserGroupsDialog } from "./userDialogs";

/** What an administrator can do to a user. */
export const userActions: Action<User>[] = [
  { id: "change", label: "access.changeUser", permission: "USER_MANAGE", dialog: UserDialog },
  { id: "groups", label: "access.setGroups", permission: "GROUP_MANAGE", dialog: UserGroupsDialog },
  {
    id: "explain",
    label: "access.explainFor",
    permission: "ACCESS_EXPLAIN",
    to: (user) => `/access/explain?principal=${user.id}`,
  },
  { id: "password", label: "access.setPassword", permission: "USER_MANAGE", dialog: PasswordDialog },
  {
    id: "resetFactors",
    label: "access.resetFactors",
    permission: "USER_MANAGE",
    disabledReason: (user) => (user.hasSecondFactor ? undefined : { key: "access.reason.noFactor" }),
    confirm: { title: "access.confirmReset", body: "access.confirmResetBody" },
    call: async (user, idempotencyKey) => {
      await api.post<User>(`/users/${user.id}/factors/reset`, { idempotencyKey });
      return undefined;
    },
  },
  {
    id: "disable",
    label: "access.disable",
    permission: "USER_MANAGE",
    isBulk: true,
    disabledReason: (user) => (user.disabled ? { key: "access.reason.isDisabled" } : undefined),
    confirm: { title: "access.confirmDisable", body: "access.confirmDisableBody" },
    call: (user) => setDisabled(user, true),
  },
  {
    id: "enable",
    label: "access.enable",
    permission: "USER_MANAGE",
    isBulk: true,
    disabledReason: (user) => (user.disabled ? undefined : { key: "access.reason.isEnabled" }),
    call: (user) => setDisabled(user, false),
  },
  {
    id: "delete",
    label: "access.delete",
    permission: "USER_MANAGE",
    isDanger: true,
    confirm: { title: "access.confirmDeleteUser", body: "access.confirmDeleteUserBody", typeName: true },
    call: async (user) => {
      await api.delete<User>(`/users/${user.id}`, { version: user.version });
      return undefined;
    },
  },
];

async function setDisabled(user: User, disabled: boolean): Promise<undefined> {
  const body = { displayName: user.displayName, disabled };
  await api.put<User>(`/users/${user.id}`, { version: user.version, body });
  return undefined;
}
