import type { Explanation, Grant, Group, Role, User } from "../api/types";

const AT = "2026-01-02T03:04:05Z";

export function user(change: Partial<User> = {}): User {
  return {
    id: "user-1",
    name: "ana",
    displayName: "Ana",
    disabled: false,
    hasSecondFactor: true,
    groupIds: [],
    version: 3,
    createdAt: AT,
    ...change,
  };
}

export function group(change: Partial<Group> = {}): Group {
  return {
    id: "group-1",
    name: "operators",
    description: "",
    externalId: null,
    memberIds: [],
    version: 4,
    createdAt: AT,
    ...change,
  };
}

export function role(change: Partial<Role> = {}): Role {
  return {
    id: "role-1",
    name: "operator",
    description: "",
    seeded: true,
    permissions: ["VM_READ", "VM_OPERATE"],
    version: 0,
    createdAt: AT,
    ...change,
  };
}

export function grant(change: Partial<Grant> = {}): Grant {
  return {
    id: "grant-1",
    userId: "user-1",
    groupId: null,
    principalName: "ana",
    roleId: "role-1",
    roleName: "operator",
    scopeKind: "VM",
    scopeId: "vm-1",
    scopeName: "web-1",
    effect: "ALLOW",
    tag: "",
    createdBy: "admin",
    createdAt: AT,
    usedAt: null,
    ...change,
  };
}

export function explanation(change: Partial<Explanation> = {}): Explanation {
  return {
    userId: "user-1",
    userName: "ana",
    permission: "VM_OPERATE",
    allowed: true,
    reason: "",
    chain: [
      {
        grantId: "grant-1",
        through: "operators",
        roleName: "operator",
        effect: "ALLOW",
        scopeKind: "CLUSTER",
        scopeId: "cluster-1",
        scopeName: "north",
        tag: "prod",
      },
    ],
    path: [
      { kind: "VM", id: "vm-1", name: "web-1", tags: ["prod"] },
      { kind: "CLUSTER", id: "cluster-1", name: "north", tags: [] },
      { kind: "SYSTEM", id: "00000000-0000-0000-0000-000000000000", name: "system", tags: [] },
    ],
    ...change,
  };
}
