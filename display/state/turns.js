/**
 * Which of several notices is shown at an instant; called by view.js. server/core/notices/glass_turns.py has the same
 * rules; tests/golden/turns.json holds both to them.
 *
 * All instants follow from the notices, the lap and server time, so screens agree, also offline and after a restart.
 */
import { airing } from "./lap.js";
/** @import {Lap, Notice} from "../types.d.ts" */

/** The least milliseconds that each of several notices is shown in turn. */
const TURN = 12_000;

/**
 * Whether an urgent notice holds the whole glass: until its `holds_until`, and on to the end of the slide that runs
 * under it then. One that is not in the lap holds on, because it would not be seen otherwise.
 * @param {Notice} notice @param {Lap | null} lap @param {number} now
 */
export function holds(notice, lap, now) {
  const until = notice.holds_until ?? null;
  if (until === null || now < until || !lap?.slides.some((slide) => slide.notice === notice.id)) return true;
  const on = airing(lap, now);
  return on === null || on.start < until;
}

/**
 * Which notice is shown while some hold the glass: each of the `released` has a turn after one of the `held`.
 * @param {Notice[]} held in order, at least one @param {Notice[]} released in order @param {number} now
 */
export function fullTurns(held, released, now) {
  const round = Array.from({ length: Math.max(held.length, released.length) }, (_, i) => [
    /** @type {Notice} */ (held[i % held.length]),
    ...(released.length ? [/** @type {Notice} */ (released[i % released.length])] : []),
  ]).flat();
  const { notice, until } = turn(round, now);
  const ends = held.map((one) => one.holds_until ?? null).filter((end) => end !== null && end > now);
  return { notice, until: ends.reduce(soonest, until) };
}

/**
 * Which of several notices is shown, and until when that holds (null: no notice). A notice may have several turns.
 *
 * A new notice is shown at once for one turn. Then all alternate in the order given, beginning after the new one.
 * @param {Notice[]} notices @param {number} now @returns {{notice: Notice | null, until: number | null}}
 */
export function turn(notices, now) {
  const newest = notices.toSorted(newerFirst)[0];
  if (!newest) return { notice: null, until: null };
  const ends = Math.min(...notices.map(({ until }) => until));
  const begun = newest.issued + turnOf(newest);
  if (notices.length === 1 || now < begun) {
    return { notice: newest, until: notices.length === 1 ? ends : Math.min(ends, begun) };
  }
  const at = notices.indexOf(newest);
  const order = [...notices.slice(at + 1), ...notices.slice(0, at + 1)];
  const round = order.reduce((sum, one) => sum + turnOf(one), 0);
  let left = (now - begun) % round;
  for (const one of order) {
    if (left < turnOf(one)) return { notice: one, until: Math.min(ends, now + turnOf(one) - left) };
    left -= turnOf(one);
  }
  throw new Error("a round is the sum of its turns");
}

/** Later issue first; of one millisecond the higher number. @param {Notice} a @param {Notice} b */
export function newerFirst(a, b) {
  return b.issued - a.issued || b.id.length - a.id.length || (a.id < b.id ? 1 : -1);
}

/** How long a notice stays in its turn: all its pages, in milliseconds. @param {Notice} notice */
function turnOf({ turn: own = TURN }) {
  return Math.max(TURN, own);
}

/** The earlier of two instants; null is never. @param {number | null} a @param {number | null} b */
export function soonest(a, b) {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
