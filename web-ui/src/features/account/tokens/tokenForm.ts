import type { DangerousVerb, ObjectKind, Permission, TokenBody } from "../../../api/types";
import type { Noun } from "../../../shared/queryKeys";

/** Days; the manager takes no more than 366. */
export const LIVES = [1, 7, 30, 90, 365];

/** What a token can do by itself, with the permission that it needs for it anyway. */
export const VERBS: { verb: DangerousVerb; permission: Permission }[] = [
  { verb: "VM_DELETE", permission: "VM_DELETE" },
  { verb: "VM_FORCE_STOP", permission: "VM_OPERATE" },
  { verb: "VM_UNPROTECT", permission: "VM_CHANGE" },
  { verb: "PROTECTED_VM_CONSOLE", permission: "VM_CONSOLE" },
  { verb: "IMAGE_DELETE", permission: "IMAGE_DELETE" },
];

/** Kinds of objects that a token can be limited to, and where they are listed. */
export const SCOPES: { kind: ObjectKind; noun: Noun; permission: Permission }[] = [
  { kind: "CLUSTER", noun: "clusters", permission: "DATA_CENTER_READ" },
  { kind: "HOST", noun: "hosts", permission: "HOST_READ" },
  { kind: "VM", noun: "vms", permission: "VM_READ" },
  { kind: "IMAGE", noun: "images", permission: "IMAGE_READ" },
  { kind: "NETWORK", noun: "networks", permission: "NETWORK_READ" },
  { kind: "STORAGE_DOMAIN", noun: "storage-domains", permission: "STORAGE_READ" },
];

export interface Scope {
  kind: ObjectKind;
  id: string;
  name: string;
}

export interface TokenForm {
  name: string;
  days: number;
  /** undefined: all that the owner has, at each use. */
  permissions: Permission[] | undefined;
  /** Empty: everywhere. */
  scopes: Scope[];
  verbs: DangerousVerb[];
}

export const EMPTY: TokenForm = { name: "", days: 30, permissions: undefined, scopes: [], verbs: [] };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Verbs that the token would have the permission for. */
export function possibleVerbs(form: TokenForm, held: readonly Permission[]): DangerousVerb[] {
  const given = form.permissions ?? held;
  return VERBS.filter(({ permission }) => given.includes(permission)).map(({ verb }) => verb);
}

export function isComplete(form: TokenForm): boolean {
  return form.name.trim() !== "" && form.permissions?.length !== 0;
}

export function bodyOf(form: TokenForm, held: readonly Permission[], now: Date): TokenBody {
  const possible = possibleVerbs(form, held);
  return {
    name: form.name.trim(),
    expiresAt: new Date(now.getTime() + form.days * DAY_MS).toISOString(),
    permissions: form.permissions ?? null,
    scopes: form.scopes.length === 0 ? null : form.scopes.map(({ kind, id }) => ({ kind, id })),
    preAuthorised: form.verbs.filter((verb) => possible.includes(verb)),
  };
}

/** With the value, if it was not there, else without it. */
export function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
}
