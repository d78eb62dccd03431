import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import type { ConsoleKind } from "../../../api/types";
import { screens, type Screen } from "./screens";
import { openConsole } from "./socket";

export type ConsoleState =
  | { phase: "connecting" }
  | { phase: "open" }
  /** The reason is a code of the manager, DISCONNECTED when the person wished it, or empty when nothing was said. */
  | { phase: "ended"; reason: string }
  | { phase: "failed"; error: unknown };

interface OpenedConsole {
  state: ConsoleState;
  /** Put it where the screen shall be. */
  target: RefObject<HTMLDivElement | null>;
  screen: RefObject<Screen | null>;
  reconnect: () => void;
  disconnect: () => void;
}

/** Keeps one console open for as long as the page shows it. Another VM or kind wants another component. */
export function useConsole(vmId: string, kind: ConsoleKind): OpenedConsole {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<ConsoleState>({ phase: "connecting" });
  const target = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen>(null);
  const hangUp = useRef<() => void>(() => {});

  useEffect(() => {
    const left = new AbortController();
    let socket: WebSocket | undefined;
    const connect = async () => {
      const opened = await openConsole(vmId, kind);
      socket = opened;
      if (left.signal.aborted || target.current === null) {
        opened.close();
        return;
      }
      opened.addEventListener("open", () => setState({ phase: "open" }), { signal: left.signal });
      opened.addEventListener("close", (event) => setState({ phase: "ended", reason: event.reason }), {
        signal: left.signal,
      });
      const made = await screens[kind](target.current, opened);
      if (left.signal.aborted) {
        made.close();
        return;
      }
      screen.current = made;
      made.focus();
    };
    connect().catch((error: unknown) => {
      if (!left.signal.aborted) {
        setState({ phase: "failed", error });
      }
    });
    const place = target.current;
    const leave = () => {
      left.abort();
      screen.current?.close();
      screen.current = null;
      socket?.close();
      place?.replaceChildren();
    };
    hangUp.current = leave;
    return leave;
  }, [vmId, kind, attempt]);

  const reconnect = useCallback(() => {
    setState({ phase: "connecting" });
    setAttempt((before) => before + 1);
  }, []);
  const disconnect = useCallback(() => {
    hangUp.current();
    setState({ phase: "ended", reason: "DISCONNECTED" });
  }, []);
  return { state, target, screen, reconnect, disconnect };
}
