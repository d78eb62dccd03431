import type { ConsoleKind, ConsoleTicket } from "../../../api/types";
import { api } from "../../../shared/http/client";

/** Gets a ticket and connects with it; the ticket is in no address, and so in nobody's log of addresses. */
export async function openConsole(vmId: string, kind: ConsoleKind): Promise<WebSocket> {
  const { ticket, path } = await api.post<ConsoleTicket>(`/vms/${vmId}/console`, { body: { kind } });
  const socket = new WebSocket(`wss://${window.location.host}${path}`, [
    "meseta.console",
    `meseta.ticket.${ticket}`,
  ]);
  socket.binaryType = "arraybuffer";
  return socket;
}
