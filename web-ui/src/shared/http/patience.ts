import { useSyncExternalStore } from "react";

/** A manager that says more is not believed. */
const LONGEST_SECONDS = 300;

let until = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of [...listeners]) {
    listener();
  }
}

function isWaiting(): boolean {
  return timer !== undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The manager wants nothing to be asked for so long. */
export function toldToWait(seconds: number): void {
  const wanted = Date.now() + Math.min(Math.max(seconds, 1), LONGEST_SECONDS) * 1_000;
  if (isWaiting() && wanted <= until) {
    return;
  }
  until = wanted;
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = undefined;
    changed();
  }, until - Date.now());
  changed();
}

/** Returns at once unless the manager wants this page to wait. */
export function waitAsTold(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isWaiting()) {
        listeners.delete(look);
        resolve();
      }
    };
    listeners.add(look);
    look();
  });
}

/** Whether this page is waiting as it was told. */
export function useIsWaiting(): boolean {
  return useSyncExternalStore(subscribe, isWaiting);
}
