/**
 * Draws what is due at the exact instant; made by main.js.
 *
 * It updates the page at every boundary (a timer to shortly before, then frame by frame), every second, and after every
 * change. Only it calls stage, overlay and frame.
 */
import { view } from "./view.js";
/** @import {Shown, State, Timers, View} from "../types.d.ts" */

/** Milliseconds before a boundary that are watched frame by frame: timers of a busy device are late by a tenth. */
const NEAR = 120;
const FARTHEST = 60_000;
/** Milliseconds after a flip until the hidden layer is covered and may be filled with the next slide. */
const FADED = 600;
const WATCHDOG_EVERY = 5_000;
const WATCHDOG = 15_000;

/**
 * @param {{
 *   state: () => State,
 *   clock: {now(): number, trusted(): boolean, pending(): number, settle(): void},
 *   local: () => number, heard: () => number | null,
 *   stage: ReturnType<typeof import("../stage/stage.js").createStage>,
 *   overlay: ReturnType<typeof import("../stage/overlay.js").createOverlay>,
 *   counters: ReturnType<typeof import("../stage/counters.js").createCounters>,
 *   render: (seen: View, now: number) => void,
 *   onBoundary: (seen: View, now: number) => void,
 *   onKept: (hash: string) => void, onStuck: (times: number) => void,
 *   timers: Timers, hidden: () => boolean,
 * }} options `render` draws the frame; `onStuck` gets how often in a row the watchdog had to act
 */
export function createScheduler(options) {
  const { state, clock, local, stage, overlay, counters, render, timers } = options;
  /** @type {Shown | null} */
  let shown = null;
  let key = "";
  let keptFor = "";
  let paused = false;
  let flipped = 0;
  /** @type {unknown} */
  let timer = null;
  let round = 0;
  let lookedAt = local();
  /** @type {string | null} */
  let due = null;
  let goodAt = local();
  let stuck = 0;

  const see = () =>
    view(state(), clock.now(), { shown, trusted: clock.trusted(), paused, heard: options.heard() });

  function update() {
    let seen = see();
    if (keyOf(seen) !== key || !isLap(seen)) {
      // Between slides a large correction of the clock is applied; what is shown is then computed again.
      clock.settle();
      seen = see();
    }
    const now = clock.now();
    const moved = keyOf(seen) !== key;
    key = keyOf(seen);
    counters.compare(state().serving, now);
    apply(seen, now, moved);
    render(seen, now);
    arm(seen.until, now);
    lookedAt = local();
    if (moved || !isLap(seen)) options.onBoundary(seen, now);
  }

  /** @param {View} seen @param {number} now @param {boolean} moved */
  function apply(seen, now, moved) {
    const { base, bodies } = state();
    const name = base?.board.name ?? "";
    const below = seen.kind === "urgent" ? seen.below : seen;
    const notice = seen.kind === "urgent" ? seen.notice : null;
    const zone = base?.board.zone ?? "UTC";
    overlay.urgent(
      notice,
      notice ? bodies[notice.hash] : undefined,
      zone,
      seen.kind === "urgent" ? seen.among : null,
    );
    overlay.banner("banner" in seen ? seen.banner : null);
    const calm = below.kind === "safe" || below.kind === "dark" || below.kind === "off" ? below.kind : null;
    const bare = below.kind === "filler" && below.hash === null;
    overlay.curtain(notice ? null : bare ? "filler" : calm, name);
    if (calm || bare) {
      shown = null;
      due = null;
      stage.clear();
    }
    if (below.kind === "slide" || below.kind === "filler") put(below, now, moved);
    if (below.kind === "keep" && below.missing) keep(below.missing, below.place?.start ?? 0);
    if (below.kind === "keep" && below.next) prepare(below.next, now);
  }

  /** @param {Extract<View, {kind: "slide" | "filler"}>} seen @param {number} now @param {boolean} moved */
  function put(seen, now, moved) {
    const { bodies, serving } = state();
    const numbers = serving && seen.hash === serving.hash ? serving : null;
    const body = numbers ? { ...numbers, media: [] } : seen.hash === null ? undefined : bodies[seen.hash];
    if (!body) return;
    if (moved) {
      flipped = now;
      timers.setTimeout(update, FADED);
    }
    due = body.hash;
    // Numbers never stay in place of a slide that is missing.
    shown = numbers ? null : { hash: body.hash, until: seen.until, limit: seen.limit };
    // Numbers that are always shown begin only once.
    void stage.show(body, seen.place?.start ?? (numbers ? 0 : now));
    if (numbers) counters.show(stage.layer(numbers.hash), numbers, now, seen.place?.start ?? 0);
    if (seen.next !== null) prepare(seen.next, now);
  }

  /** @param {string} hash @param {number} now */
  function prepare(hash, now) {
    const next = state().bodies[hash];
    if (next && now - flipped >= FADED) stage.ready(next);
  }

  /** @param {string} hash @param {number} start */
  function keep(hash, start) {
    if (keptFor === `${hash} ${start}`) return;
    keptFor = `${hash} ${start}`;
    options.onKept(hash);
  }

  /** @param {number | null} until @param {number} now */
  function arm(until, now) {
    round += 1;
    const mine = round;
    timers.clearTimeout(timer);
    if (until === null || until - now > FARTHEST) return;
    const near = () => {
      if (mine !== round) return;
      if (clock.now() >= until) update();
      else timers.requestAnimationFrame(near);
    };
    timer = timers.setTimeout(near, Math.max(0, until - now - NEAR));
  }

  function tick() {
    // The timer comes first: an exception below must not stop the clock.
    timers.setTimeout(tick, 1_000 - (Math.floor(clock.now()) % 1_000));
    update();
  }

  function watch() {
    timers.setTimeout(watch, WATCHDOG_EVERY);
    const at = local();
    const drawn = due === null || stage.shown() === due;
    if (options.hidden() || (drawn && at - lookedAt < WATCHDOG)) {
      goodAt = at;
      stuck = 0;
    }
    if (at - goodAt <= WATCHDOG) return;
    stuck += 1;
    goodAt = at;
    options.onStuck(stuck);
    stage.clear();
    update();
  }

  return {
    start() {
      tick();
      watch();
    },
    update,
    paused: () => paused,
    /** Pauses or resumes the rotation in this browser; notices and ends of windows still take effect. @param {boolean} on */
    pause(on) {
      paused = on;
      update();
    },
  };
}

/** A key of what is shown; it changes at boundaries. @param {View} seen @returns {string} */
function keyOf(seen) {
  const below = seen.kind === "urgent" ? seen.below : seen;
  const hash = "hash" in below ? below.hash : null;
  const start = "place" in below ? below.place?.start : null;
  return `${seen.kind} ${below.kind} ${hash ?? ""} ${start ?? ""}`;
}

/** @param {View} seen */
function isLap(seen) {
  return seen.kind === "slide" || (seen.kind === "keep" && seen.place !== null);
}
