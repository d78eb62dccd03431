import { afterEach, describe, expect, it, vi } from "vitest";
import { openConsole } from "./socket";

class RecordedSocket {
  static made: RecordedSocket[] = [];
  binaryType = "blob";
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    RecordedSocket.made.push(this);
  }
}

describe("opening a console", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    RecordedSocket.made = [];
  });

  it("asks for a ticket and shows it as a sub-protocol, not in the address", async () => {
    const requests: { url: string; body: unknown }[] = [];
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      requests.push({ url, body: JSON.parse(String(init.body)) });
      return Promise.resolve(
        Response.json({ ticket: "s3cret", kind: "SERIAL", path: "/api/v1/console", expiresAt: "2026-11-27T12:00:00Z" }, { status: 201 }),
      );
    });
    vi.stubGlobal("WebSocket", RecordedSocket);

    await openConsole("vm-1", "SERIAL");

    expect(requests).toEqual([{ url: "/api/v1/vms/vm-1/console", body: { kind: "SERIAL" } }]);
    const [socket] = RecordedSocket.made;
    expect(socket?.url).toBe(`wss://${window.location.host}/api/v1/console`);
    expect(socket?.protocols).toEqual(["meseta.console", "meseta.ticket.s3cret"]);
    expect(socket?.binaryType).toBe("arraybuffer");
  });

  it("connects nowhere when there is no ticket", async () => {
    vi.stubGlobal("fetch", () =>
      Promise.resolve(Response.json({ code: "VM_NOT_RUNNING", status: 422 }, { status: 422, headers: { "Content-Type": "application/problem+json" } })),
    );
    vi.stubGlobal("WebSocket", RecordedSocket);
    await expect(openConsole("vm-1", "VNC")).rejects.toMatchObject({ code: "VM_NOT_RUNNING" });
    expect(RecordedSocket.made).toEqual([]);
  });
});
