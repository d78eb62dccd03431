import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import type { Task } from "../../api/types";

export type Notice =
  | { id: string; kind: "task"; taskId: string }
  | { id: string; kind: "success"; title: string; detail?: string }
  | { id: string; kind: "failure"; title: string; error: unknown };

interface Notifications {
  notices: Notice[];
  taskStarted(task: Task): void;
  succeeded(title: string, detail?: string): void;
  failed(title: string, error: unknown): void;
  dismiss(id: string): void;
}

const NotificationsContext = createContext<Notifications | undefined>(undefined);

/** More at once would hide the page. */
const LIMIT = 5;

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const add = useCallback((notice: Notice) => {
    setNotices((current) => [notice, ...current.filter((other) => other.id !== notice.id)].slice(0, LIMIT));
  }, []);
  const value = useMemo<Notifications>(
    () => ({
      notices,
      taskStarted: (task) => add({ id: task.id, kind: "task", taskId: task.id }),
      succeeded: (title, detail) => add({ id: crypto.randomUUID(), kind: "success", title, detail }),
      failed: (title, error) => add({ id: crypto.randomUUID(), kind: "failure", title, error }),
      dismiss: (id) => setNotices((current) => current.filter((notice) => notice.id !== id)),
    }),
    [notices, add],
  );
  return <NotificationsContext.Provider value={value}>{children}</NotificationsContext.Provider>;
}

export function useNotifications(): Notifications {
  const value = useContext(NotificationsContext);
  if (value === undefined) {
    throw new Error("useNotifications outside of its provider");
  }
  return value;
}
