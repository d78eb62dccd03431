import type { ConsoleKind } from "../../../api/types";
import { SHIFT, keysOf } from "./keys";

/** What a person sees and types on; made of a library that is only loaded when somebody opens a console. */
export interface Screen {
  focus: () => void;
  /** Types a text as a person would; ends when all of it is typed. */
  type: (text: string) => Promise<void>;
  /** Only where there is a keyboard with these keys. */
  sendCtrlAltDel?: () => void;
  close: () => void;
}

/** A guest's keyboard remembers few keys that it has not read yet; about as fast as a very good typist. */
const BETWEEN_KEYS_MS = 30;

async function vnc(target: HTMLElement, socket: WebSocket): Promise<Screen> {
  const { default: RFB } = await import("@novnc/novnc");
  const rfb = new RFB(target, socket, { shared: true });
  rfb.scaleViewport = true;
  rfb.background = "transparent";
  return {
    focus: () => rfb.focus(),
    type: async (text) => {
      for (const { keysym, shift } of keysOf(text)) {
        if (socket.readyState !== WebSocket.OPEN) {
          return;
        }
        if (shift) {
          rfb.sendKey(SHIFT, null, true);
        }
        rfb.sendKey(keysym, null);
        if (shift) {
          rfb.sendKey(SHIFT, null, false);
        }
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS_MS));
      }
    },
    sendCtrlAltDel: () => rfb.sendCtrlAltDel(),
    close: () => rfb.disconnect(),
  };
}

async function serial(target: HTMLElement, socket: WebSocket): Promise<Screen> {
  const [{ Terminal }, { FitAddon }] = await Promise.all([
    import("@xterm/xterm"),
    import("@xterm/addon-fit"),
    import("@xterm/xterm/css/xterm.css"),
  ]);
  const terminal = new Terminal({ cursorBlink: true, scrollback: 5000, screenReaderMode: true });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(target);
  fit.fit();
  const size = new ResizeObserver(() => fit.fit());
  size.observe(target);
  const encoder = new TextEncoder();
  const typed = terminal.onData((text) => {
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(encoder.encode(text));
    }
  });
  const shown = (event: MessageEvent<ArrayBuffer>) => terminal.write(new Uint8Array(event.data));
  socket.addEventListener("message", shown);
  return {
    focus: () => terminal.focus(),
    type: async (text) => terminal.paste(text),
    close: () => {
      socket.removeEventListener("message", shown);
      typed.dispose();
      size.disconnect();
      terminal.dispose();
      socket.close();
    },
  };
}

export const screens: Record<ConsoleKind, (target: HTMLElement, socket: WebSocket) => Promise<Screen>> = {
  VNC: vnc,
  SERIAL: serial,
};
