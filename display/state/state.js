/**
 * What the screen knows, as a pure reducer; called by main.js with the events of link.js.
 *
 * The server sends the state that a board should show, not commands: whatever is lost, doubled or late, the highest
 * revision of the newest epoch wins. A notice in a message of its own is a patch on the last whole state until a whole
 * state includes it.
 */
import { digest } from "./digest.js";
import { airing } from "./lap.js";
/** @import {Alerts, Body, ServerState, Event, Hint, Stored, Notice, Patch, Serving, State} from "../types.d.ts" */

const MOST_PATCHES = 100;
const MOST_PAST = 8;

/** @type {State} */
export const EMPTY = { base: null, patches: [], past: [], bodies: {}, fresh: [], serving: null };

/**
 * The state after an event; the same object where nothing changed.
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "state":
      return withServerState(state, event.state);
    case "slides":
      return withBodies(state, event.slides);
    case "notice": {
      const { epoch, revision, notice, html, media } = event.message;
      const next = patched(state, { epoch, revision, id: notice.id, notice });
      // A large body has come before its notice, in parts.
      return next === state || !html ? next : withBodies(next, [{ hash: notice.hash, html, media }]);
    }
    case "clear":
      return patched(state, { ...event.message, notice: null });
    case "alerts":
      return withAlerts(state, event.alerts);
    case "serving":
      return state.base?.epoch === event.message.epoch ? withServing(state, event.message.serving) : state;
    case "connected":
      // The first state of a new connection is current, even where its epoch had been replaced before.
      return state.past.length ? { ...state, past: [] } : state;
  }
}

/** @param {State} state @param {ServerState} desired @returns {State} */
function withServerState(state, desired) {
  const { base } = state;
  // The screen was moved: nothing of its former board counts, whatever the revision was.
  if (base !== null && base.board.slug !== desired.board.slug)
    return { ...EMPTY, base: desired, serving: desired.serving ?? null };
  const moved = base !== null && base.epoch !== desired.epoch;
  if (moved ? state.past.includes(desired.epoch) : base !== null && desired.revision <= base.revision)
    return !moved && desired.revision === base?.revision
      ? withServing(withAlerts(state, desired.board.alerts ?? null), desired.serving ?? null)
      : state;
  const past = moved ? [...state.past, base.epoch].slice(-MOST_PAST) : state.past;
  const next = { ...state, base: desired, past, fresh: moved ? [] : freshIn(desired, state) };
  next.serving = desired.serving ?? null;
  next.patches = state.patches.filter((patch) => counts(next, patch));
  const kept = new Set(hashesOf(next));
  next.bodies = Object.fromEntries(Object.entries(state.bodies).filter(([hash]) => kept.has(hash)));
  return next;
}

/**
 * The state with other times of polls, which come without a new revision. Earlier ones count, too: the clock of the
 * server was ahead.
 * @param {State} state @param {Alerts | null} alerts @returns {State}
 */
function withAlerts(state, alerts) {
  const { base } = state;
  const before = base?.board.alerts;
  if (!base || !alerts || !before || alerts.since === before.since) return state;
  return { ...state, base: { ...base, board: { ...base.board, alerts } } };
}

/** The state with other numbers of a hall, which come without a new revision. @param {State} state @param {Serving | null} serving @returns {State} */
function withServing(state, serving) {
  return state.serving?.version === serving?.version && state.serving?.html === serving?.html
    ? state
    : { ...state, serving };
}

/**
 * The state with what an earlier page load stored; unchanged where a state has come already. A notice that came while
 * the memory was being read stays.
 * @param {State} state @param {Pick<Stored, "base" | "patches" | "bodies">} kept @returns {State}
 */
export function restored(state, { base, patches, bodies }) {
  if (state.base !== null) return state;
  const based = base === null ? state : { ...withServerState(state, base), serving: null };
  return withBodies(patches.reduce(patched, based), Object.values(bodies));
}

/** The hashes of the newest lap that the one before it did not have. @param {ServerState} desired @param {State} state */
function freshIn({ lap }, { base, fresh }) {
  if (!base) return [];
  if (lap.number === base.lap.number) return fresh;
  const before = new Set(base.lap.slides.map(({ hash }) => hash));
  return [...new Set(lap.slides.map(({ hash }) => hash))].filter((hash) => !before.has(hash));
}

/** Whether the whole state does not include this patch yet. @param {State} state @param {Patch} patch */
function counts({ base, past }, patch) {
  if (base?.epoch === patch.epoch) return patch.revision > base.revision;
  return !past.includes(patch.epoch);
}

/** @param {State} state @param {Patch} patch @returns {State} */
function patched(state, { epoch, revision, id, notice }) {
  const patch = { epoch, revision, id, notice };
  /** @param {Patch} other */
  const same = (other) => other.epoch === epoch && other.revision === revision && other.id === id;
  if (!counts(state, patch) || state.patches.some(same)) return state;
  const patches = [...state.patches, patch].sort((a, b) => a.revision - b.revision).slice(-MOST_PATCHES);
  return { ...state, patches };
}

/** @param {State} state @param {Body[]} bodies @returns {State} */
function withBodies(state, bodies) {
  const fresh = bodies.filter(({ hash }) => !Object.hasOwn(state.bodies, hash));
  if (!fresh.length) return state;
  const added = fresh.map(({ hash, html, media }) => [hash, { hash, html, media }]);
  return { ...state, bodies: { ...state.bodies, ...Object.fromEntries(added) } };
}

/**
 * The revision up to which the screen has everything: that of the last whole state and the patches that follow it.
 * @param {State} state
 */
export function revisionOf({ base, patches }) {
  let revision = base?.revision ?? 0;
  for (const patch of patches)
    if (patch.epoch === base?.epoch && patch.revision === revision + 1) revision += 1;
  return revision;
}

/**
 * The notices without the cleared ones; those that have ended are included (`liveNotices` in view.js drops them).
 * @param {State} state
 * @returns {Notice[]}
 */
export function noticesOf({ base, patches }) {
  /** @type {Map<string, Notice>} */
  const found = new Map((base?.notices ?? []).map((notice) => [notice.id, notice]));
  for (const { id, notice } of patches) {
    if (notice) found.set(id, notice);
    else found.delete(id);
  }
  return [...found.values()];
}

/**
 * Whether a message before this one was lost, so that the link must ask for the whole state.
 * @param {State} state as it was before the message
 * @param {{epoch?: string, revision: number}} message a notice or a clear
 */
export function isGap(state, { epoch, revision }) {
  if (epoch !== undefined && state.past.includes(epoch)) return false;
  return epoch !== state.base?.epoch || revision > revisionOf(state) + 1;
}

/**
 * Whether the server's message about the current slide contradicts the lap here. The message itself changes nothing.
 * @param {State} state
 * @param {Hint} hint
 */
export function disagrees(state, { hash, at, revision }) {
  if (!state.base) return true;
  if (revision !== revisionOf(state)) return revision > revisionOf(state);
  const here = airing(state.base.lap, at);
  return here !== null && here.hash !== hash;
}

/** All hashes that the state names, in any order. @param {State} state */
export function hashesOf(state) {
  const { lap } = state.base ?? { lap: null };
  const slides = lap?.slides.map(({ hash }) => hash) ?? [];
  const others = [lap?.filler, lap?.safe, ...noticesOf(state).map(({ hash }) => hash)];
  return [...new Set([...slides, ...others.filter((hash) => typeof hash === "string")])];
}

/** The digest of those named hashes whose bodies are here. @param {State} state */
export function have(state) {
  return digest(hashesOf(state).filter((hash) => Object.hasOwn(state.bodies, hash)));
}

/**
 * The named hashes whose bodies are missing, in the order in which they will be needed at `now`: notices (urgent
 * first), the current and the next slides, the filler and the safe slide, then the rest of the round.
 * @param {State} state
 * @param {number} now
 * @returns {string[]}
 */
export function wants(state, now) {
  const lap = state.base?.lap;
  const notices = noticesOf(state).sort(
    (a, b) => Number(b.level === "urgent") - Number(a.level === "urgent"),
  );
  const first = Math.max(0, (lap && airing(lap, now)?.index) ?? 0);
  const slides = (lap?.slides ?? []).map(({ hash }) => hash);
  const round = [...slides.slice(first), ...slides.slice(0, first)];
  const order = [
    ...notices.map(({ hash }) => hash),
    ...round.slice(0, 3),
    lap?.filler,
    lap?.safe,
    ...round.slice(3),
  ].filter((hash) => typeof hash === "string");
  return [...new Set(order)].filter((hash) => !Object.hasOwn(state.bodies, hash));
}
