import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EventKind, StreamEvent } from "./apply";
import { EventStream, type StreamState } from "./stream";

/** An EventSource whose server is the test. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }

  send(kind: string, data: string): void {
    this.dispatchEvent(new MessageEvent(kind, { data }));
  }
}

let sources: FakeSource[];
let states: StreamState[];
let events: [EventKind, StreamEvent][];
let resumed: number;
let refused: number;
let stream: EventStream;

const last = (): FakeSource => {
  const source = sources.at(-1);
  if (source === undefined) throw new Error("no source was opened");
  return source;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  [sources, states, events, resumed, refused] = [[], [], [], 0, 0];
  stream = new EventStream(
    {
      onState: (state) => states.push(state),
      onEvent: (kind, event) => events.push([kind, event]),
      onResumed: () => resumed++,
      onRefused: () => refused++,
    },
    () => {
      const source = new FakeSource();
      sources.push(source);
      return source as unknown as EventSource;
    },
  );
  stream.start();
});

afterEach(() => {
  stream.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the event stream", () => {
  it("hands on what it receives", () => {
    last().open();
    last().send("vm.changed", '{"objectId":"vm-1"}');
    expect(events).toEqual([["vm.changed", { objectId: "vm-1" }]]);
    expect(states).toEqual(["connecting", "live"]);
    expect(resumed).toBe(0);
  });

  it("survives an event that cannot be read", () => {
    last().open();
    last().send("vm.changed", "{broken");
    expect(events).toEqual([["vm.changed", {}]]);
  });

  it("says that it reconnects, and that it is back", () => {
    last().open();
    last().fail(0);
    expect(states.at(-1)).toBe("reconnecting");
    expect(sources).toHaveLength(1);
    last().open();
    expect(states.at(-1)).toBe("live");
    expect(resumed).toBe(1);
    expect(refused).toBe(0);
  });

  it("opens again with growing pauses when the server refuses", () => {
    last().fail(FakeSource.CLOSED);
    expect(refused).toBe(1);
    vi.advanceTimersByTime(999);
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(2);
    last().fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(1_999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(3);
    expect(states.at(-1)).toBe("reconnecting");
  });

  it("is silent after it was stopped", () => {
    const source = last();
    stream.stop();
    source.fail(FakeSource.CLOSED);
    vi.runAllTimers();
    expect(source.isClosed).toBe(true);
    expect(sources).toHaveLength(1);
    expect(states).toEqual(["connecting"]);
  });
});
