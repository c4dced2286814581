/**
 * Which slide of a lap is shown at an instant; called by view.js and state.js. tests/golden/lap.json holds it and
 * server/core/lap/airing.py to the same results.
 * The rule in words: docs/architecture.md, "The lap, as Python and the screen walk it".
 */
/** @import {Airing, Lap, Slide} from "../types.d.ts" */

/**
 * Whether a slide that begins at `t` also ends inside one of its windows.
 * @param {Slide} slide
 * @param {number} t
 */
export function canAir(slide, t) {
  return slide.windows.some(([from, until]) => from <= t && (until === null || t + slide.dwell <= until));
}

/**
 * The first instant after `t` at which `canAir` of any slide may change; null where it never does.
 * @param {Lap} lap
 * @param {number} t
 */
function nextChange(lap, t) {
  let next = Number.POSITIVE_INFINITY;
  for (const { dwell, windows } of lap.slides)
    for (const [from, until] of windows) {
      if (until !== null && from + dwell > until) continue;
      if (from > t) next = Math.min(next, from);
      else if (until !== null && until - dwell + 1 > t) next = Math.min(next, until - dwell + 1);
    }
  return Number.isFinite(next) ? next : null;
}

/**
 * What is shown at `t` (milliseconds of server time), from when to when; null before the lap's start.
 * The cost is about one round for each change of some slide's `canAir` since the start, however late `t` is.
 * @param {Lap} lap
 * @param {number} t
 * @returns {Airing | null}
 */
export function airing(lap, t) {
  if (t < lap.start) return null;
  let current = lap.start;
  let index = 0;
  for (;;) {
    const able = lap.slides.map((slide) => slide.dwell > 0 && canAir(slide, current));
    const edge = nextChange(lap, current);
    if (!able.includes(true)) {
      if (edge === null || t < edge) return { index: -1, hash: lap.filler, start: current, until: edge };
      current = edge;
      continue;
    }
    const round = lap.slides.reduce((sum, slide, i) => sum + (able[i] ? slide.dwell : 0), 0);
    // The last whole round is walked, so that after a change the lap goes on behind the slide shown last.
    const rounds = Math.floor((Math.min(t, edge ?? t) - current) / round) - 1;
    current += Math.max(0, rounds) * round;
    while (edge === null || current < edge) {
      while (!able[index]) index = (index + 1) % able.length;
      const slide = /** @type {Slide} */ (lap.slides[index]);
      const until = current + slide.dwell;
      if (t < until) return { index, hash: slide.hash, start: current, until };
      current = until;
      index = (index + 1) % able.length;
    }
  }
}

/**
 * The end of the window in which a slide that began at `start` runs; null: no time limit.
 * @param {Slide} slide
 * @param {number} start
 */
export function limitOf(slide, start) {
  let limit = start;
  for (const [from, until] of slide.windows) {
    if (from > start) continue;
    if (until === null) return null;
    limit = Math.max(limit, until);
  }
  return limit;
}
