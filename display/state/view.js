/**
 * What must be shown of a state at an instant; called by scheduler.js at every boundary, second and change.
 *
 * Precedence: safe, urgent, dark, hours, numbers of a hall that are always shown, lap. An urgent notice that no longer
 * holds the glass is a slide of the lap, every second one, that covers the glass as before; between, it is the banner.
 * Pure: `now` is an argument, and so is what is being shown, because a slide stays while the body of the next one is
 * missing.
 */
import { isOn } from "./hours.js";
import { airing, canAir, limitOf } from "./lap.js";
import { noticesOf } from "./state.js";
import { fullTurns, holds, newerFirst, soonest, turn } from "./turns.js";
/** @import {Airing, Lap, Notice, Place, Serving, Shown, Slide, State, View, ViewOptions} from "../types.d.ts" */

/**
 * The notices of a level in force at `now`: real ones before exercises, then graver danger, higher risk, nearer
 * area, later issue.
 * server/core/notices/order.py has the same order; tests/golden/notice_order.json holds both to it.
 * @param {State} state
 * @param {number} now
 * @param {"normal" | "priority" | "urgent"} level
 */
export function liveNotices(state, now, level) {
  return noticesOf(state)
    .filter((notice) => notice.level === level && now < notice.until)
    .sort(
      (a, b) =>
        Number(a.exercise) - Number(b.exercise) ||
        (b.gravity ?? 0) - (a.gravity ?? 0) ||
        b.risk - a.risk ||
        (a.distance ?? 0) - (b.distance ?? 0) ||
        newerFirst(a, b),
    );
}

/**
 * What to show at `now`; `until` is when it may change without a message (null: never).
 * With `trusted` false the true time is only known to be `now` or later: nothing that has a time limit is shown.
 * @param {State} state
 * @param {number} now
 * @param {ViewOptions} options
 * @returns {View}
 */
export function view(state, now, { shown = null, trusted = true, paused = false, heard = now } = {}) {
  const board = state.base?.board;
  if (board?.mode === "safe") return { kind: "safe", until: null };
  const urgent = trusted ? liveNotices(state, now, "urgent") : [];
  const lap = state.base?.lap ?? null;
  const held = urgent.filter((notice) => holds(notice, lap, now));
  const released = urgent.filter((notice) => !held.includes(notice));
  const below = underNotices(state, now, { shown, trusted, paused, heard }, released);
  const found = held.length ? fullTurns(held, released, now) : ofSlot(released, lap, now);
  if (!found.notice) return below;
  const order = [...held, ...released];
  const among = { position: order.indexOf(found.notice) + 1, count: order.length };
  return { kind: "urgent", notice: found.notice, among, below, until: soonest(below.until, found.until) };
}

/**
 * The released notice whose turn it is in the lap, if any.
 * @param {Notice[]} released @param {Lap | null} lap @param {number} now
 * @returns {{notice: Notice | null, until: number | null}}
 */
function ofSlot(released, lap, now) {
  const on = lap && released.length ? airing(lap, now) : null;
  const notice = on && released.find(({ id }) => id === lap?.slides[on.index]?.notice);
  return on && notice ? { notice, until: soonest(on.until, notice.until) } : { notice: null, until: null };
}

/**
 * @param {State} state @param {number} now @param {Required<ViewOptions>} options @param {Notice[]} released
 * @returns {View}
 */
function underNotices(state, now, options, released) {
  const { base } = state;
  if (!base) return { kind: "keep", until: null, missing: null, place: null, banner: null };
  if (base.board.mode === "dark") return { kind: "dark", until: null };
  if (options.trusted && !isOn(base.board.hours, now, base.board.zone)) return { kind: "off", until: null };
  const lap = options.trusted ? base.lap : untimed(base.lap);
  const serving = servingAt(state, now, options);
  const seen = serving?.always
    ? ofServing(serving)
    : ofLap(state, lap, options.trusted ? now : Math.max(now, lap.start), options);
  const priority = options.trusted ? liveNotices(state, now, "priority") : [];
  const { notice: banner, until } = turn([...released, ...priority], now);
  return { ...seen, banner, until: soonest(seen.until, until) };
}

/** Milliseconds without a message after which the numbers of a hall are too old to be shown. */
export const WITHOUT_CONTACT = 60_000;

/**
 * The numbers of a hall that may be shown at `now`: they are fresh, and the server was heard lately.
 * @param {State} state @param {number} now @param {{trusted: boolean, heard: number | null}} options
 * @returns {Serving | null}
 */
function servingAt({ serving }, now, { trusted, heard }) {
  const known = trusted && heard !== null && now - heard < WITHOUT_CONTACT;
  return serving && known && now < serving.until ? serving : null;
}

/** @param {Serving} serving @returns {Extract<View, {kind: "slide" | "filler" | "keep"}>} */
function ofServing({ hash, until }) {
  return { kind: "slide", hash, limit: until, until, next: null, place: null, banner: null };
}

/**
 * @param {State} state @param {Lap} lap @param {number} now @param {Required<ViewOptions>} options
 * @returns {Extract<View, {kind: "slide" | "filler" | "keep"}>}
 */
function ofLap(state, lap, now, options) {
  const { shown, paused } = options;
  const on = airing(lap, now);
  const serving = servingAt(state, now, options);
  const { turns, over } = noticesIn(state, lap, now, serving);
  const gone = on !== null && over.has(on.index);
  const kept = shown && mayKeep(shown, lap, now) && !(gone && shown.hash === on.hash) ? shown : null;
  const place = on && placeOf(lap, on, { now, fresh: state.fresh, turns });
  const until = on ? on.until : lap.start;
  const next = on && nextOf(lap, on, turns);
  if (on && (turns.has(on.index) || (gone && kept)))
    return { kind: "keep", until, missing: null, next, place, banner: null };
  const held = on?.hash === serving?.hash || (on?.hash && Object.hasOwn(state.bodies, on.hash));
  const missing = on?.hash && !held ? on.hash : null;
  if (kept && (paused || missing || !on))
    return { kind: "keep", until: soonest(until, kept.limit), missing, place, banner: null };
  if (on && on.index >= 0 && !missing && !gone) {
    const slide = lap.slides[on.index];
    const limit = slide ? limitOf(slide, on.start) : null;
    return { kind: "slide", hash: on.hash, limit, until, next, place, banner: null };
  }
  const hash = lap.filler !== null && Object.hasOwn(state.bodies, lap.filler) ? lap.filler : null;
  return { kind: "filler", hash, limit: null, until, next, place: null, banner: null };
}

/**
 * The places in the lap that are turns of urgent notices, which cover the glass, and those of notices, or numbers of
 * a hall, that are over: these are not shown although the lap that lacks them has not come yet.
 * @param {State} state @param {Lap} lap @param {number} now @param {Serving | null} serving
 */
function noticesIn(state, lap, now, serving) {
  const live = new Map(noticesOf(state).map((notice) => [notice.id, now < notice.until ? notice : null]));
  const turns = new Set();
  const over = new Set();
  for (const [index, { notice, serving: numbers }] of lap.slides.entries()) {
    if (numbers && !serving) over.add(index);
    const found = notice ? live.get(notice) : null;
    if (notice && !found) over.add(index);
    if (found?.level === "urgent") turns.add(index);
  }
  return { turns, over };
}

/**
 * Whether a slide may stay after its turn: its window is open and it is not withdrawn.
 * @param {Shown} shown @param {Lap} lap @param {number} now
 */
function mayKeep(shown, lap, now) {
  if (shown.limit !== null && now >= shown.limit) return false;
  const due = shown.until !== null && now < shown.until;
  return due || shown.hash === lap.filler || lap.slides.some(({ hash }) => hash === shown.hash);
}

/** The lap without slides that have a time limit. @param {Lap} lap @returns {Lap} */
function untimed(lap) {
  const slides = lap.slides
    .map((slide) => ({ ...slide, windows: slide.windows.filter(([, until]) => until === null) }))
    .filter(({ windows }) => windows.length);
  return { ...lap, slides };
}

/** Airings searched for another title. */
const MOST_PAGES = 12;
/** Coming titles given; a list shows as many as fit. */
const MOST_COMING = 6;
/** Milliseconds before a slide's end in which its successor no longer changes; core/lap/composition.py has the same. */
const FIXED = 2_000;

/**
 * The next hash on the stage, so that its pictures can be decoded early.
 * @param {Lap} lap @param {Airing} on @param {Set<number>} turns
 */
function nextOf(lap, on, turns) {
  if (on.until === null) return null;
  const next = airing(lap, on.until);
  const over = next && turns.has(next.index) && next.until !== null ? airing(lap, next.until) : next;
  return over?.hash ?? null;
}

/**
 * The position among the slides that could air when the current one began; turns of urgent notices do not count.
 * @param {Lap} lap @param {Airing} on @param {{now: number, fresh: string[], turns: Set<number>}} news
 * @returns {Place | null}
 */
function placeOf(lap, on, news) {
  if (on.index < 0) return null;
  const able = lap.slides
    .map((_, i) => i)
    .filter((i) => canAir(/** @type {Slide} */ (lap.slides[i]), on.start) && !news.turns.has(i));
  const next = comingTitle(lap, on, news);
  const coming = comingTitles(lap, on, next, news.turns);
  const position = able.indexOf(on.index) + 1;
  return { position, count: able.length, next, coming, start: on.start, until: on.until };
}

/**
 * The next title other than the current one (a story of several pages is not its own successor). In the last moments
 * of a slide its successor is fixed: a new slide right after that successor is named instead, so that it is announced
 * at once.
 * @param {Lap} lap @param {Airing} on @param {{now: number, fresh: string[], turns: Set<number>}} news
 */
function comingTitle(lap, on, { now, fresh, turns }) {
  const follower = otherTitle(lap, on, turns);
  if (!follower) return lap.slides[on.index]?.title ?? "";
  const fixed = on.until !== null && on.until - now <= FIXED && !fresh.includes(follower.hash ?? "");
  const after = fixed ? otherTitle(lap, follower, turns) : null;
  const named = after && fresh.includes(after.hash ?? "") ? after : follower;
  return lap.slides[named.index]?.title ?? "";
}

/**
 * The next titles in order, `next` first, for the list beside the slides.
 * @param {Lap} lap @param {Airing} on @param {string} next @param {Set<number>} turns
 */
function comingTitles(lap, on, next, turns) {
  const titles = new Set([next]);
  /** @type {Airing | null} */
  let coming = on;
  for (let step = 0; step < MOST_COMING && titles.size < MOST_COMING; step += 1) {
    coming = otherTitle(lap, coming, turns);
    if (!coming) break;
    titles.add(lap.slides[coming.index]?.title ?? "");
  }
  titles.delete(lap.slides[on.index]?.title ?? "");
  titles.delete("");
  return [...titles];
}

/**
 * The next airing with another title; null where none follows. Turns of urgent notices do not count.
 * @param {Lap} lap @param {Airing} on @param {Set<number>} turns
 */
function otherTitle(lap, on, turns) {
  const title = lap.slides[on.index]?.title;
  let coming = on;
  for (let page = 0; page < MOST_PAGES && coming.until !== null; page += 1) {
    const follower = airing(lap, coming.until);
    if (!follower) return null;
    const other = follower.index < 0 || lap.slides[follower.index]?.title !== title;
    if (other && !turns.has(follower.index)) return follower;
    coming = follower;
  }
  return null;
}
