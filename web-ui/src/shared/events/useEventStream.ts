import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState } from "react";
import { SESSION_KEY } from "../session/session";
import { applyEvent, Invalidations } from "./apply";
import { EventStream, type StreamState } from "./stream";

/** Opens the event stream for as long as the caller is shown and keeps the query cache up to date from it. */
export function useEventStream(): StreamState {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>("connecting");
  useEffect(() => {
    const invalidations = new Invalidations(client);
    const stream = new EventStream({
      onState: setState,
      onEvent: (kind, event) => applyEvent(client, invalidations, kind, event),
      onResumed: () => void client.invalidateQueries(),
      onRefused: () => void client.invalidateQueries({ queryKey: SESSION_KEY }),
    });
    stream.start();
    return () => {
      stream.stop();
      invalidations.stop();
    };
  }, [client]);
  return state;
}

export const StreamStateContext = createContext<StreamState>("connecting");

export function useStreamState(): StreamState {
  return useContext(StreamStateContext);
}
