/** Polls the state by GET where WebSocket is blocked; started and stopped by link.js. */
/** @import {Body, ServerState, Event, Timers} from "../types.d.ts" */

const EVERY = 5_000;
const SLOWEST = 30_000;
const DEADLINE = 8_000;
/** Bodies fetched after each state, at most, so that the next state is not delayed. */
const BODIES = 20;

/**
 * @param {{
 *   fetch: typeof globalThis.fetch, who: {board: string, headers: Record<string, string>}, timers: Timers, random: () => number, local: () => number,
 *   clock: {sample(t0: number, t1: number, t2: number, t3: number): void}, dispatch: (event: Event) => void,
 *   wants: () => string[], onHeard: () => void,
 * }} options
 */
export function createPoller({ fetch, who, timers, random, local, clock, dispatch, wants, onHeard }) {
  let etag = "";
  let pause = EVERY;
  let running = false;
  /** @type {unknown} */
  let timer = null;

  async function ask() {
    const headers = etag ? { ...who.headers, "If-None-Match": etag } : who.headers;
    const t0 = local();
    const answer = await fetch(`/glass/state?board=${encodeURIComponent(who.board)}`, {
      headers,
      cache: "no-store",
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (answer.status !== 304 && !answer.ok) return false;
    if (answer.ok) {
      const state = /** @type {ServerState} */ (await answer.json());
      if (!running) return true;
      clock.sample(t0, state.now, state.now, local());
      etag = answer.headers.get("ETag") ?? "";
      dispatch({ type: "connected" });
      dispatch({ type: "state", state });
    }
    onHeard();
    for (const hash of wants().slice(0, BODIES)) await fetchBody(hash);
    return true;
  }

  /** @param {string} hash */
  async function fetchBody(hash) {
    const answer = await fetch(`/glass/slides/${hash}?board=${encodeURIComponent(who.board)}`, {
      headers: who.headers,
      signal: AbortSignal.timeout(DEADLINE),
    });
    if (!answer.ok || !running) return;
    dispatch({ type: "slides", slides: [/** @type {Body} */ (await answer.json())] });
  }

  async function round() {
    const heard = await ask().catch(() => false);
    // The pause doubles up to 30 s while the server is down: thousands of screens wait for it.
    pause = heard ? EVERY : Math.min(SLOWEST, pause * 2);
    if (running) timer = timers.setTimeout(round, pause * (0.5 + random()));
  }

  return {
    start() {
      if (running) return;
      running = true;
      pause = EVERY;
      void round();
    },
    stop() {
      running = false;
      timers.clearTimeout(timer);
    },
  };
}
