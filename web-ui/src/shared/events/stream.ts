import { EVENT_KINDS, type EventKind, type StreamEvent } from "./apply";

export type StreamState = "connecting" | "live" | "reconnecting";

export interface StreamListener {
  onState(state: StreamState): void;
  onEvent(kind: EventKind, event: StreamEvent): void;
  /** The stream answers again after a break: whatever was read before may be old. */
  onResumed(): void;
  /** The server refuses the stream, so the session may have ended. */
  onRefused(): void;
}

type SourceFactory = (url: string) => EventSource;

const URL_PATH = "/api/v1/events/stream";
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/**
 * Keeps the event stream open. The browser reconnects by itself after a broken connection; when the server refuses,
 * the browser gives up and this class tries again with growing pauses.
 */
export class EventStream {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private broken = false;
  private stopped = false;

  constructor(
    private readonly listener: StreamListener,
    private readonly open: SourceFactory = (url) => new EventSource(url),
  ) {}

  start(): void {
    this.stopped = false;
    this.listener.onState(this.broken ? "reconnecting" : "connecting");
    const source = this.open(URL_PATH);
    this.source = source;
    source.onopen = () => this.opened();
    source.onerror = () => this.failed(source);
    for (const kind of EVENT_KINDS) {
      source.addEventListener(kind, (message) => this.received(kind, message));
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private opened(): void {
    this.retryMs = FIRST_RETRY_MS;
    this.listener.onState("live");
    if (this.broken) {
      this.broken = false;
      this.listener.onResumed();
    }
  }

  private failed(source: EventSource): void {
    if (this.stopped) {
      return;
    }
    this.broken = true;
    this.listener.onState("reconnecting");
    if (source.readyState === EventSource.CLOSED) {
      this.listener.onRefused();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.start(), this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    }
  }

  private received(kind: EventKind, message: MessageEvent<string>): void {
    let event: StreamEvent;
    try {
      event = message.data === "" ? {} : (JSON.parse(message.data) as StreamEvent);
    } catch {
      // One unreadable event must not end the stream; the kind alone still says what to read again.
      event = {};
    }
    this.listener.onEvent(kind, event);
  }
}
