import type { ComponentType } from "react";
import type { Permission, Task } from "../../api/types";

/** Words to be translated: the key in the locale files and what is filled in. */
export interface Message {
  key: string;
  values?: Record<string, string | number>;
}

export interface Named {
  id: string | number;
  /** Objects without a name of their own are called by their id. */
  name?: string;
}

export function nameOf(item: Named): string {
  return item.name ?? String(item.id);
}

export interface DialogProps<T> {
  item: T;
  onClose: () => void;
}

/**
 * Something that can be done to an object. The same list of these feeds row menus, the toolbar of a details page and
 * the bulk bar of a list.
 */
export interface Action<T extends Named> {
  id: string;
  /** Key of the words on the button. */
  label: string;
  permission: Permission;
  /** Of two actions that undo each other, only the one that can be done is in the menu. Not for bulk actions. */
  isShown?: (item: T) => boolean;
  /** Why this object is not in a state for it; undefined when it is. */
  disabledReason?: (item: T) => Message | undefined;
  isDanger?: boolean;
  /** Shown as a button of its own on details pages instead of in the menu. */
  isProminent?: boolean;
  /** May be done to many at once. */
  isBulk?: boolean;
  confirm?: {
    /** Key of the question; {{name}} is the object, {{count}} how many. */
    title: string;
    body: string;
    /** The person has to type the object's name (or the number of objects). */
    typeName?: boolean;
  };
  /** Does it. A task that comes back is followed in a toast. */
  call?: (item: T, idempotencyKey: string) => Promise<Task | undefined>;
  /** Does it to many with one request and one task; without it, many are many requests. */
  callAll?: (items: T[], idempotencyKey: string) => Promise<Task>;
  /** The page where it is done. Either this, `dialog` or `call`. */
  to?: (item: T) => string;
  /** Asks for more before doing it. */
  dialog?: ComponentType<DialogProps<T>>;
}

/** Why the button is disabled, or undefined when it may be pressed. */
export function unavailable<T extends Named>(
  action: Action<T>,
  item: T,
  allowed: (permission: Permission) => boolean,
): Message | undefined {
  if (!allowed(action.permission)) {
    return { key: "actions.missingPermission", values: { permission: action.permission } };
  }
  return action.disabledReason?.(item);
}

/** Splits a selection into what the action can be done to and the first reason why not for the rest. */
export function applicable<T extends Named>(
  action: Action<T>,
  items: T[],
  allowed: (permission: Permission) => boolean,
): { items: T[]; reason: Message | undefined } {
  const able: T[] = [];
  let reason: Message | undefined;
  for (const item of items) {
    const why = unavailable(action, item, allowed);
    if (why === undefined) {
      able.push(item);
    } else {
      reason ??= why;
    }
  }
  return { items: able, reason };
}
