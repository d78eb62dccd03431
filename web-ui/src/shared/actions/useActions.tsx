import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Task } from "../../api/types";
import { useNotifications } from "../notifications/notifications";
import { keys, type Noun } from "../queryKeys";
import { nameOf, type Action, type Named } from "./action";
import { BulkResults, type ItemResult } from "./BulkResults";
import { ConfirmDialog } from "./ConfirmDialog";

interface Pending<T extends Named> {
  action: Action<T>;
  items: T[];
}

export interface ActionRunner<T extends Named> {
  run: (action: Action<T>, items: T[]) => void;
  /** The dialogs; the caller puts them somewhere into its page. */
  dialogs: ReactNode;
}

/** Runs actions: asks first where the action says so, shows the task, and shows what went wrong. */
export function useActions<T extends Named>(noun: Noun): ActionRunner<T> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const notifications = useNotifications();
  const [pending, setPending] = useState<Pending<T>>();
  const [results, setResults] = useState<ItemResult[]>();

  const started = (task: Task | undefined) => {
    if (task !== undefined) {
      client.setQueryData(keys.one("tasks", task.id), task);
      notifications.taskStarted(task);
    }
  };

  const perform = async ({ action, items }: Pending<T>) => {
    if (action.callAll !== undefined && items.length > 1) {
      try {
        started(await action.callAll(items, crypto.randomUUID()));
      } catch (error) {
        notifications.failed(t("bulk.failed", { action: t(action.label) }), error);
      }
      await client.invalidateQueries({ queryKey: keys.all(noun) });
      return;
    }
    const call = action.call;
    if (call === undefined) {
      return;
    }
    const outcomes = await Promise.all(
      items.map(async (item): Promise<ItemResult> => {
        try {
          const task = await call(item, crypto.randomUUID());
          started(task);
          return { id: String(item.id), name: nameOf(item) };
        } catch (error) {
          return { id: String(item.id), name: nameOf(item), error };
        }
      }),
    );
    await client.invalidateQueries({ queryKey: keys.all(noun) });
    const [only] = outcomes;
    if (outcomes.length > 1) {
      setResults(outcomes);
    } else if (only?.error !== undefined) {
      notifications.failed(t("actions.failed", { action: t(action.label), name: only.name }), only.error);
    }
  };

  const run = (action: Action<T>, items: T[]) => {
    const [only] = items;
    if (action.to !== undefined && only !== undefined) {
      void navigate(action.to(only));
    } else if (action.dialog !== undefined || action.confirm !== undefined) {
      setPending({ action, items });
    } else {
      void perform({ action, items });
    }
  };

  const close = () => setPending(undefined);
  const [first] = pending?.items ?? [];
  const Dialog = pending?.action.dialog;
  const dialogs = (
    <>
      {Dialog !== undefined && first !== undefined && <Dialog item={first} onClose={close} />}
      {pending?.action.confirm !== undefined && (
        <ConfirmDialog
          action={pending.action}
          confirm={pending.action.confirm}
          items={pending.items}
          onClose={close}
          onConfirm={() => {
            close();
            void perform(pending);
          }}
        />
      )}
      {results !== undefined && <BulkResults results={results} onClose={() => setResults(undefined)} />}
    </>
  );
  return { run, dialogs };
}
