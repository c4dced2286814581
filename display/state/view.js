/**
 * What must be shown of a state at an instant; called by scheduler.js at every boundary, second and change.
 *
 * Precedence: safe, urgent, dark, hours, lap. Pure: `now` is an argument, and so is what is being shown, because
 * a slide stays while the body of the next one is missing.
 */
import { isOn } from "./hours.js";
import { airing, canAir, limitOf } from "./lap.js";
import { noticesOf } from "./state.js";
/** @import {Airing, Lap, Notice, Place, Shown, Slide, State, View, ViewOptions} from "../types.d.ts" */

/** Milliseconds that each of several notices is shown in turn, by server time, so that all screens agree. */
export const TURN = 12_000;

/**
 * The notices of a level in force at `now`: higher risk first, then later issue.
 * @param {State} state
 * @param {number} now
 * @param {"priority" | "urgent"} level
 */
export function liveNotices(state, now, level) {
  return noticesOf(state)
    .filter((notice) => notice.level === level && now < notice.until)
    .sort((a, b) => b.risk - a.risk || b.issued - a.issued || (a.id < b.id ? -1 : 1));
}

/**
 * What to show at `now`; `until` is when it may change without a message (null: never).
 * With `trusted` false the true time is only known to be `now` or later: nothing that has a time limit is shown.
 * @param {State} state
 * @param {number} now
 * @param {ViewOptions} options
 * @returns {View}
 */
export function view(state, now, { shown = null, trusted = true, paused = false } = {}) {
  const board = state.base?.board;
  if (board?.mode === "safe") return { kind: "safe", until: null };
  const urgent = trusted ? liveNotices(state, now, "urgent") : [];
  const below = underNotices(state, now, { shown, trusted, paused });
  const notice = urgent[turn(urgent, now)];
  if (!notice) return below;
  return { kind: "urgent", notice, below, until: soonest(below.until, nextTurn(urgent, now)) };
}

/** @param {State} state @param {number} now @param {Required<ViewOptions>} options @returns {View} */
function underNotices(state, now, options) {
  const { base } = state;
  if (!base) return { kind: "keep", until: null, missing: null, place: null, banner: null };
  if (base.board.mode === "dark") return { kind: "dark", until: null };
  if (options.trusted && !isOn(base.board.hours, now, base.board.zone)) return { kind: "off", until: null };
  const lap = options.trusted ? base.lap : untimed(base.lap);
  const seen = ofLap(state, lap, options.trusted ? now : Math.max(now, lap.start), options);
  const priority = options.trusted ? liveNotices(state, now, "priority") : [];
  const banner = priority[turn(priority, now)] ?? null;
  return { ...seen, banner, until: soonest(seen.until, nextTurn(priority, now)) };
}

/**
 * @param {State} state @param {Lap} lap @param {number} now @param {Required<ViewOptions>} options
 * @returns {Extract<View, {kind: "slide" | "filler" | "keep"}>}
 */
function ofLap(state, lap, now, { shown, paused }) {
  const on = airing(lap, now);
  const kept = shown !== null && mayKeep(shown, lap, now) ? shown : null;
  const place = on && placeOf(lap, on, { now, fresh: state.fresh });
  const until = on ? on.until : lap.start;
  const missing = on?.hash && !Object.hasOwn(state.bodies, on.hash) ? on.hash : null;
  if (kept && (paused || missing || !on))
    return { kind: "keep", until: soonest(until, kept.limit), missing, place, banner: null };
  const next = on && nextOf(lap, on);
  if (on && on.index >= 0 && !missing) {
    const slide = lap.slides[on.index];
    const limit = slide ? limitOf(slide, on.start) : null;
    return { kind: "slide", hash: on.hash, limit, until, next, place, banner: null };
  }
  const hash = lap.filler !== null && Object.hasOwn(state.bodies, lap.filler) ? lap.filler : null;
  return { kind: "filler", hash, limit: null, until, next, place: null, banner: null };
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

/** The next hash, so that its pictures can be decoded early. @param {Lap} lap @param {Airing} on */
function nextOf(lap, on) {
  return on.until === null ? null : (airing(lap, on.until)?.hash ?? null);
}

/**
 * The position among the slides that could air when the current one began.
 * @param {Lap} lap @param {Airing} on @param {{now: number, fresh: string[]}} news @returns {Place | null}
 */
function placeOf(lap, on, news) {
  if (on.index < 0) return null;
  const able = lap.slides
    .map((_, i) => i)
    .filter((i) => canAir(/** @type {Slide} */ (lap.slides[i]), on.start));
  const next = comingTitle(lap, on, news);
  const coming = comingTitles(lap, on, next);
  const position = able.indexOf(on.index) + 1;
  return { position, count: able.length, next, coming, start: on.start, until: on.until };
}

/**
 * The next title other than the current one (a story of several pages is not its own successor). In the last moments
 * of a slide its successor is fixed: a new slide right after that successor is named instead, so that it is announced
 * at once.
 * @param {Lap} lap @param {Airing} on @param {{now: number, fresh: string[]}} news
 */
function comingTitle(lap, on, { now, fresh }) {
  const follower = otherTitle(lap, on);
  if (!follower) return lap.slides[on.index]?.title ?? "";
  const fixed = on.until !== null && on.until - now <= FIXED && !fresh.includes(follower.hash ?? "");
  const after = fixed ? otherTitle(lap, follower) : null;
  const named = after && fresh.includes(after.hash ?? "") ? after : follower;
  return lap.slides[named.index]?.title ?? "";
}

/** The next titles in order, `next` first, for the list beside the slides. @param {Lap} lap @param {Airing} on @param {string} next */
function comingTitles(lap, on, next) {
  const titles = new Set([next]);
  /** @type {Airing | null} */
  let coming = on;
  for (let step = 0; step < MOST_COMING && titles.size < MOST_COMING; step += 1) {
    coming = otherTitle(lap, coming);
    if (!coming) break;
    titles.add(lap.slides[coming.index]?.title ?? "");
  }
  titles.delete(lap.slides[on.index]?.title ?? "");
  titles.delete("");
  return [...titles];
}

/** The next airing with another title; null where none follows. @param {Lap} lap @param {Airing} on */
function otherTitle(lap, on) {
  const title = lap.slides[on.index]?.title;
  let coming = on;
  for (let page = 0; page < MOST_PAGES && coming.until !== null; page += 1) {
    const follower = airing(lap, coming.until);
    if (!follower) return null;
    if (follower.index < 0 || lap.slides[follower.index]?.title !== title) return follower;
    coming = follower;
  }
  return null;
}

/** @param {Notice[]} notices @param {number} now */
function turn(notices, now) {
  return notices.length ? Math.floor(now / TURN) % notices.length : 0;
}

/** @param {Notice[]} notices @param {number} now */
function nextTurn(notices, now) {
  const ends = notices.map(({ until }) => until);
  if (notices.length > 1) ends.push((Math.floor(now / TURN) + 1) * TURN);
  return ends.length ? Math.min(...ends) : null;
}

/** @param {number | null} a @param {number | null} b */
function soonest(a, b) {
  return a === null ? b : b === null ? a : Math.min(a, b);
}
