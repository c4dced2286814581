/** The types that the modules of display/ share; those of messages follow server/core/wire.py. */

/** `[from, until]` in milliseconds since 1970 UTC, half open; `until` null: no time limit. */
export type Window = [number, number | null];
export interface Slide {
  hash: string;
  dwell: number;
  title: string;
  source: string;
  windows: Window[];
  /** The id of the notice that it is; older servers do not send it. */
  notice?: string | null;
  /** It holds the place of the numbers of a hall's counters; older servers do not send it. */
  serving?: boolean;
}
export interface Lap {
  number: number;
  start: number;
  slides: Slide[];
  filler: string | null;
  safe?: string | null;
}
export interface Board {
  slug: string;
  name: string;
  area: string;
  zone: string;
  language: string;
  format: { layout: string; size: string; side?: boolean; ticker?: boolean };
  theme: string;
  /** Themes of certain days, `last` included, wall dates of the zone; an older server sends none. */
  themes?: { theme: string; first: string; last: string }[];
  hours: [string, string][];
  mode: "on" | "dark" | "safe";
  /** The data on alerts; null where no source of alerts counts. Older servers do not send it. */
  alerts?: Alerts | null;
}
export interface Alerts {
  sources: string[];
  /** The last good poll of the source that was heard longest ago; null where one was never heard. */
  since: number | null;
  /** All sources gave data within `silent_after`. */
  good: boolean;
  /** An alert for the board waits for an editor. */
  waiting: boolean;
  /** Milliseconds without a good poll after which there are no data; an older server does not send it. */
  silent_after?: number;
}
/** The answer to `sync`; an older server sends no alerts. */
export interface Synced {
  t1: number;
  t2: number;
  alerts?: Alerts | null;
}
/** What a board says of the data on alerts: nothing, that there is no alert, or that data are missing. */
export interface AlertLine {
  kind: "none" | "quiet" | "missing";
  text: string;
}
export interface Day {
  date: string;
  solar: string;
  lunar: string;
}
export interface Notice {
  id: string;
  hash: string;
  level: "normal" | "priority" | "urgent";
  risk: number;
  /** How grave the danger is, 0 to 3; older servers do not send it. */
  gravity?: number;
  exercise: boolean;
  /** Levels between the board's area and the nearest area of the notice; older servers do not send it. */
  distance?: number;
  issued: number;
  until: number;
  /** Until when an urgent notice holds the whole glass; null: until its end. Older servers do not send it. */
  holds_until?: number | null;
  /** It says that a danger is over. */
  calm?: boolean;
  /** Of its text; empty: that of the board. */
  language?: string;
  /** Milliseconds that all pages of the notice take; servers before 0.3 do not send it. */
  turn?: number;
  title: string;
}
/** Everything that a board should show, as of one revision. */
export interface ServerState {
  epoch: string;
  revision: number;
  now: number;
  build: string;
  /** Milliseconds over which screens spread their reconnecting after the server was away. */
  back?: number;
  board: Board;
  calendar: Day[];
  lap: Lap;
  notices: Notice[];
  /** The numbers of a hall's counters; null where no hall reports them. Older servers do not send it. */
  serving?: Serving | null;
}
/** The numbers that the counters of a hall serve. */
export interface Serving {
  /** Of the slide in the lap whose place they take. */
  hash: string;
  html: string;
  version: number;
  at: number;
  /** When they leave the board unless newer ones come. */
  until: number;
  /** They are shown instead of the lap. */
  always: boolean;
  /** Two tones announce a new number. */
  chime: boolean;
  counters: { name: string; number: string }[];
}
export interface Body {
  hash: string;
  html: string;
  media: string[];
}
export interface NoticeMessage {
  epoch: string;
  revision: number;
  notice: Notice;
  html: string;
  media: string[];
}
export interface ClearMessage {
  epoch: string;
  revision: number;
  id: string;
}
export interface ServingMessage {
  epoch: string;
  serving: Serving | null;
}
export interface Hint {
  hash: string | null;
  at: number;
  until: number | null;
  revision: number;
}
export interface Command {
  id: string;
  name: string;
  until: number;
  /** Of "identify": the name that people gave the screen. */
  screen?: string;
}
export interface Receipt {
  id: string;
  kind: "received" | "shown" | "ended";
  at: number;
}

/** The result of `airing`: `index` -1 is the filler; `until` is null where nothing follows. */
export interface Airing {
  index: number;
  hash: string | null;
  start: number;
  until: number | null;
}

/** A notice (or, where `notice` is null, its end) that came in a message of its own, before the whole state. */
export interface Patch {
  epoch: string;
  revision: number;
  id: string;
  notice: Notice | null;
}
export interface State {
  base: ServerState | null;
  patches: Patch[];
  past: string[];
  bodies: Record<string, Body>;
  /** The hashes that are in the newest lap and were not in the one before it. */
  fresh: string[];
  /** Not stored: numbers of an earlier page load are old. */
  serving: Serving | null;
}
export type Event =
  | { type: "state"; state: ServerState }
  | { type: "slides"; slides: Body[] }
  | { type: "notice"; message: NoticeMessage }
  | { type: "clear"; message: ClearMessage }
  | { type: "alerts"; alerts: Alerts | null }
  | { type: "serving"; message: ServingMessage }
  | { type: "connected" };

/** The slide in the visible layer: the end of its turn, and of its window (null: none). */
export interface Shown {
  hash: string;
  until: number | null;
  limit: number | null;
}
/** The position in the lap, for the frame. */
export interface Place {
  position: number;
  count: number;
  next: string;
  /** The next titles, at most six. */
  coming: string[];
  start: number;
  until: number | null;
}
export type View =
  | { kind: "safe" | "dark" | "off"; until: null }
  | {
      kind: "urgent";
      until: number | null;
      notice: Notice;
      among: { position: number; count: number };
      below: View;
    }
  | {
      kind: "slide" | "filler";
      until: number | null;
      hash: string | null;
      limit: number | null;
      next: string | null;
      place: Place | null;
      banner: Notice | null;
    }
  | {
      kind: "keep";
      until: number | null;
      missing: string | null;
      /** The next slide, to be prepared while an urgent notice has its turn. */
      next?: string | null;
      place: Place | null;
      banner: Notice | null;
    };
export interface ViewOptions {
  shown?: Shown | null;
  trusted?: boolean;
  paused?: boolean;
  /** The server time of the last message, null where there was none; without it, now. */
  heard?: number | null;
}

export interface Timers {
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  requestAnimationFrame(work: () => void): unknown;
}
export interface Flip {
  hash: string;
  at: number;
  painted: number;
}
export interface Overflow {
  hash: string;
  element: string;
  by: number;
}

/** What a device stores of its pairing. */
export interface Pairing {
  screen: string;
  key: string;
  board: string;
}

/** The payloads of the server's events, by event. */
export interface SocketEvents {
  connect: [];
  disconnect: [string];
  connect_error: [Error];
  state: [ServerState];
  part: [{ at: number; of: number; text: string }];
  slides: [Body[], (() => void)?];
  body: [{ hash: string; media: string[]; at: number; of: number; text: string }, (() => void)?];
  slide: [Hint];
  notice: [NoticeMessage];
  clear: [ClearMessage];
  serving: [ServingMessage];
  moved: [{ board: string }];
  command: [Command];
}
/** What the link uses of a Socket.IO client socket. */
export interface Socket {
  connected: boolean;
  /** Whether the library reconnects by itself. */
  active: boolean;
  on<K extends keyof SocketEvents>(event: K, listener: (...payload: SocketEvents[K]) => void): unknown;
  onAny(listener: () => void): unknown;
  emit(event: string, ...payload: unknown[]): unknown;
  timeout(ms: number): { emitWithAck(event: string, ...payload: unknown[]): Promise<unknown> };
  connect(): unknown;
  disconnect(): unknown;
  io: {
    opts: { query?: Record<string, string> };
    on(event: "ping", listener: () => void): unknown;
    reconnectionDelay(ms: number): unknown;
    reconnectionDelayMax(ms: number): unknown;
  };
}
export type CreateSocket = (options: Record<string, unknown>) => Socket;
/** What survives a page load. */
export interface Stored {
  base: ServerState | null;
  patches: Patch[];
  bodies: Record<string, Body>;
  time: { server: number; offset: number } | null;
  receipts: StoredReceipts | null;
  done: string[];
}
export interface StoredReceipts {
  queue: Receipt[];
  plays?: Receipt[];
  seen: { id: string; hash: string; shown: boolean }[];
}
