/**
 * The screen's Socket.IO connection; made by main.js, which hands in socket.io-client's `io`.
 *
 * Messages go to `dispatch` as events of state.js. Any message may be lost: `sync` asks for the state every 20 seconds,
 * and at once where a gap shows.
 */
import { createPoller } from "./poll.js";
import { disagrees, have, isGap, revisionOf } from "../state/state.js";
/** @import {Body, Command, ServerState, Event, CreateSocket, Receipt, State, Timers, Synced} from "../types.d.ts" */

const SYNC_EVERY = 20_000;
/** The first round trips come quickly, so that the clock has its three. */
const SYNC_FIRST = 1_500;
const ACK_DEADLINE = 5_000;
const ASK_AGAIN = 15_000;
const MOST_WANTED = 250;
/** Milliseconds without a connection after which polling starts beside it: WebSocket may be blocked. */
const POLL_AFTER = 6_000;
/** Milliseconds at least between two reconnections because a state was of another board. */
const MOVES_EVERY = 60_000;
const CONNECT_DEADLINE = 4_000;
/** With the random factor 1.8 s at most: screens are up to date within two seconds of the server's return. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 1_200;
const LONGEST_REFUSED = 16_000;

/** Milliseconds without a message after which the screen shows how old it is. */
export const STALE_AFTER = 12_000;

/**
 * @param {{
 *   io: CreateSocket, fetch: typeof globalThis.fetch, who: {board: string, auth: object, headers: Record<string, string>},
 *   onMoved: (board: string) => void, build: string, shown: () => string | null, onRefused: (times: number) => void, timers: Timers, random: () => number,
 *   local: () => number, state: () => State, dispatch: (event: Event) => void, wants: () => string[],
 *   clock: {sample(t0: number, t1: number, t2: number, t3: number): void, hint(server: number): void},
 *   onCommand: (command: Command) => void, onConnect: () => void,
 * }} options `local` is the device's monotonic time in milliseconds
 */
export function createLink(options) {
  const { io, who, build, timers, random, local, state, dispatch, wants, clock } = options;
  /** @type {number | null} */
  let heardAt = null;
  /** @type {number | null} */
  let heardBefore = null;
  /** Whether a state has come over this connection. */
  let stated = false;
  let refusedInRow = 0;
  /** When a state of another board last made this screen reconnect. @type {number | null} */
  let followedAt = null;
  /** @type {unknown} */
  let pollTimer = null;
  let syncing = false;
  let syncAgain = false;
  let syncs = 0;
  /** @type {unknown} */
  let syncTimer = null;
  /** The parts of a state that have come. @type {string[]} */
  let pieces = [];
  /** The parts that have come of slide bodies too large for one message, by hash. @type {Map<string, string[]>} */
  const bodies = new Map();
  /** @type {Map<string, number>} */
  const asked = new Map();

  const onHeard = () => {
    heardAt = local();
  };
  const socket = io({
    autoConnect: false,
    transports: ["websocket"],
    query: { board: who.board },
    auth: (/** @type {(auth: object) => void} */ answer) =>
      answer({ ...who.auth, board: who.board, build, parts: true, ...mine() }),
    timeout: CONNECT_DEADLINE,
    reconnectionDelay: FIRST_PAUSE,
    reconnectionDelayMax: LONGEST_PAUSE,
    randomizationFactor: 0.5,
  });
  const poller = createPoller({ ...options, onHeard });

  function mine() {
    const now = state();
    return { epoch: now.base?.epoch ?? null, revision: revisionOf(now), have: have(now) };
  }

  function want() {
    const at = local();
    for (const [hash, then] of asked) if (at - then > ASK_AGAIN) asked.delete(hash);
    const hashes = wants()
      .filter((hash) => !asked.has(hash))
      .slice(0, MOST_WANTED);
    if (!hashes.length || !socket.connected) return;
    for (const hash of hashes) asked.set(hash, at);
    socket.emit("want", hashes);
  }

  async function sync() {
    syncAgain = syncing;
    if (syncing || !socket.connected) return;
    syncing = true;
    await roundTrip();
    syncing = false;
    if (syncAgain) await sync();
  }

  async function roundTrip() {
    const t0 = local();
    try {
      const asking = socket.timeout(ACK_DEADLINE).emitWithAck("sync", {
        ...mine(),
        shown: options.shown(),
        serving: state().serving?.version ?? null,
        t0: Math.round(t0),
      });
      const { t1, t2, alerts } = /** @type {Synced} */ (await asking);
      clock.sample(t0, t1, t2, local());
      dispatch({ type: "alerts", alerts: alerts ?? null });
      onHeard();
      want();
    } catch {
      // No answer within the deadline: the next sync asks again, and the ping timeout ends a dead connection.
    }
  }

  function armSync() {
    timers.clearTimeout(syncTimer);
    const every = syncs < 2 ? SYNC_FIRST : SYNC_EVERY;
    syncTimer = timers.setTimeout(
      () => {
        syncs += 1;
        armSync();
        void sync();
      },
      every * (0.8 + 0.4 * random()),
    );
  }

  /** Runs from a lost connection to the next state, not to the next connection: the server may hang up each time. */
  function startPollTimer() {
    pollTimer ??= timers.setTimeout(poller.start, POLL_AFTER);
  }

  function stopPolling() {
    timers.clearTimeout(pollTimer);
    pollTimer = null;
    poller.stop();
  }

  /** @param {Event & {type: "notice" | "clear"}} event */
  function take(event) {
    const gap = isGap(state(), event.message);
    dispatch(event);
    if (gap) void sync();
    if (event.type === "notice" && !event.message.html) want();
  }

  socket.onAny(onHeard);
  socket.io.on("ping", onHeard);
  socket.on("connect", () => {
    stated = false;
    heardBefore = heardAt;
    onHeard();
    syncs = 0;
    asked.clear();
    bodies.clear();
    dispatch({ type: "connected" });
    options.onConnect();
    void sync();
    armSync();
  });
  socket.on("connect_error", () => {
    // The library does not retry when the server itself has refused.
    if (!socket.active) timers.setTimeout(() => socket.connect(), 5_000 * (0.5 + random()));
  });
  socket.on("disconnect", (reason) => {
    timers.clearTimeout(syncTimer);
    startPollTimer();
    // Disconnected before any state: that is how the server refuses. Messages of such a connection do not count.
    if (!stated) {
      heardAt = heardBefore;
      refusedInRow += 1;
      options.onRefused(refusedInRow);
    }
    // The library does not reconnect when the server has disconnected. The pause doubles with each refusal.
    const pause = Math.min(LONGEST_REFUSED, FIRST_PAUSE * 2 ** Math.max(0, refusedInRow - 1));
    if (reason === "io server disconnect")
      timers.setTimeout(() => socket.connect(), pause * (0.5 + random()));
  });
  /** @param {ServerState} message */
  function takeState(message) {
    stated = true;
    refusedInRow = 0;
    stopPolling();
    spread(message.back ?? LONGEST_PAUSE);
    clock.hint(message.now);
    dispatch({ type: "state", state: message });
    want();
    follow(message.board.slug);
  }

  /** Moves where the state is of another board; once a minute at most, in case two servers disagree. */
  function follow(/** @type {string} */ board) {
    if (board === who.board || (followedAt !== null && local() - followedAt < MOVES_EVERY)) return;
    followedAt = local();
    move(board);
  }

  /** Reconnects with the new board in the address, because boards are distributed over servers. @param {string} board */
  function move(board) {
    if (board === who.board) return;
    who.board = board;
    options.onMoved(board);
    socket.io.opts.query = { board };
    socket.disconnect();
    socket.connect();
  }

  /** Spreads reconnecting after a loss over so many milliseconds, as the server asks. @param {number} within */
  function spread(within) {
    socket.io.reconnectionDelay(Math.max(FIRST_PAUSE, within / 1.5));
    socket.io.reconnectionDelayMax(Math.max(LONGEST_PAUSE, within));
  }

  socket.on("state", takeState);
  socket.on("part", ({ at, of, text }) => {
    if (at === 0) pieces = [];
    if (pieces.length !== at) return;
    pieces.push(text);
    if (pieces.length === of) takeState(JSON.parse(pieces.join("")));
  });
  /** @param {Body[]} slides */
  function takeSlides(slides) {
    dispatch({ type: "slides", slides });
    for (const { hash } of slides) asked.delete(hash);
  }

  socket.on("slides", (slides, acknowledge) => {
    takeSlides(slides);
    acknowledge?.();
  });
  socket.on("body", ({ hash, media, at, of, text }, acknowledge) => {
    const before = at === 0 ? [] : bodies.get(hash);
    bodies.delete(hash);
    if (before?.length === at) {
      const joined = [...before, text];
      if (joined.length === of) takeSlides([{ hash, html: joined.join(""), media }]);
      else bodies.set(hash, joined);
    }
    acknowledge?.();
  });
  socket.on("slide", (hint) => {
    if (disagrees(state(), hint)) void sync();
  });
  socket.on("notice", (message) => take({ type: "notice", message }));
  socket.on("clear", (message) => take({ type: "clear", message }));
  socket.on("serving", (message) => dispatch({ type: "serving", message }));
  socket.on("moved", ({ board }) => move(board));
  socket.on("command", (command) => options.onCommand(command));

  return {
    start() {
      socket.connect();
      startPollTimer();
    },
    sync,
    /** Whether a message came within the last 12 seconds. */
    live: () => heardAt !== null && local() - heardAt < STALE_AFTER,
    /** The device's time of the last message; null before the first. */
    heardAt: () => heardAt,
    /** Sends receipts; true once they are acknowledged. @param {Receipt[]} batch */
    async receipts(batch) {
      if (!socket.connected) return false;
      return socket
        .timeout(ACK_DEADLINE)
        .emitWithAck("receipts", batch)
        .then(
          // False: received but not stored; to be sent again.
          (kept) => kept !== false,
          () => false,
        );
    },
    /** @param {object} report */
    health: (report) => void (socket.connected && socket.emit("health", report)),
  };
}
