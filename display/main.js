/**
 * Puts the parts of a screen together; loaded by the page of a board. Only this module reads the device's clock.
 *
 * A message goes link.js -> state.js (what is known) -> view.js (what to show now) -> scheduler.js -> stage.js.
 */
import { createClock } from "./link/clock.js";
import { createChime } from "./device/chime.js";
import { createCommands } from "./device/commands.js";
import { countFaults, createOffline, measures, stayAwake } from "./device/device.js";
import { createCounters } from "./stage/counters.js";
import { overflows } from "./stage/fit.js";
import { createFrame } from "./stage/frame.js";
import { themeOf } from "./state/hours.js";
import { askWhere, identify, readPairing, savePairing } from "./device/identity.js";
import { alertLine } from "./state/alerts.js";
import { canAir } from "./state/lap.js";
import { createLink } from "./link/link.js";
import { createMemory } from "./device/memory.js";
import { createOverlay } from "./stage/overlay.js";
import { createScheduler } from "./state/scheduler.js";
import { createReceipts } from "./link/receipts.js";
import { createPageReload } from "./device/page_reload.js";
import { createStage } from "./stage/stage.js";
import { EMPTY, noticesOf, reduce, restored, wants } from "./state/state.js";
import { createParser, createPolicy } from "./stage/trusted_types.js";
import { io } from "./vendor/socket.io.esm.min.js";
import { liveNotices } from "./state/view.js";
import { createViewer } from "./stage/viewer.js";
/** @import {Event, Flip, Stored, State, Timers, View} from "./types.d.ts" */

const MEMORY_DEADLINE = 1_500;
const MINUTE = 60_000;
const SAVE_EVERY = 20_000;
const MOST_REFUSALS = 2;
const KEY_DEADLINE = 5_000;

const root = document.documentElement;
const { board = "", build = "" } = root.dataset;
const paired = board ? null : readPairing(localStorage);
const who = identify(board, paired);
const slug = who.name;
const origin = Date.now() - performance.now();
const local = () => origin + performance.now();
/** @type {Timers} */
const timers = {
  setTimeout: (work, ms) => setTimeout(work, ms),
  clearTimeout: (timer) => clearTimeout(/** @type {number | undefined} */ (timer)),
  requestAnimationFrame: (work) => requestAnimationFrame(work),
};
const reload = () => location.reload();
/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => timers.setTimeout(() => resolve(null), ms));

const { faults, note, overflow } = countFaults(window);
const policy = createPolicy(
  /** @type {Parameters<typeof createPolicy>[0]} */ (/** @type {unknown} */ (window)),
);
const parse = createParser(document, policy);
/** @type {Flip[]} */
const flips = [];
Object.assign(window, { bangtin: { flips } });

const memory = createMemory({ factory: globalThis.indexedDB, slug, local });
const loading = memory.load();
/** Null while a slow disk is being read. @type {Stored | null} */
let stored = await Promise.race([loading, wait(MEMORY_DEADLINE)]);
/** @type {State} */
let state = stored ? restored(EMPTY, stored) : EMPTY;
const clock = createClock({ local, wall: Date.now, known: stored?.time });
const offline = createOffline({ navigator, slug, scope: who.scope, build, policy, note, local });
const pageReload = createPageReload({ build, random: Math.random, reload, storage: sessionStorage });
const frame = createFrame(document);

const stage = createStage({
  main: /** @type {HTMLElement} */ (document.getElementById("stage")),
  timers,
  parse,
  now: clock.now,
  flips,
  onPainted(layer, hash) {
    overflow(overflows(layer, hash));
    // Who is served now is no announcement: it is not proved.
    if (hash === state.serving?.hash) return;
    // A proof of play: of paired screens only, of what people could see, at a trusted time.
    const covered = root.dataset.view === "urgent" || document.hidden;
    if (covered || !clock.trusted()) return;
    if (who.screen) receipts.played(hash, clock.now());
    // Notices of level normal are slides only; overlay.js reports the others.
    const notice = liveNotices(state, clock.now(), "normal").find((one) => one.hash === hash);
    if (notice) receipts.shown(notice, clock.now());
  },
  onFault: note,
});
const overlay = createOverlay({
  document,
  timers,
  parse,
  onShown: (notice) => receipts.shown(notice, clock.now()),
});
const counters = createCounters({
  parse,
  chime: createChime({ create: () => new AudioContext(), onRefused: () => note("chime refused") }),
  covered: () => root.dataset.view === "urgent" || document.hidden,
});
const scheduler = createScheduler({
  state: () => state,
  clock,
  local,
  stage,
  overlay,
  counters,
  heard,
  timers,
  hidden: () => document.hidden,
  render,
  onBoundary: (view, now) => pageReload.check(state.base?.build, now, view.kind === "urgent"),
  onKept() {
    faults.kept += 1;
  },
  onStuck(times) {
    faults.stuck += 1;
    if (times > 1) reload();
  },
});
/**
 * After repeated refusals: reloads where the key is no longer valid or the screen belongs to another board. A board
 * that is not on air, or a server that is full, is waited for.
 */
async function checkKey() {
  if (!paired) return;
  const { gone, board: there } = await askWhere(fetch, paired, KEY_DEADLINE);
  if (there !== who.board) savePairing(localStorage, { ...paired, board: there });
  if (gone || there !== who.board) reload();
}
const link = createLink({
  io,
  fetch: (address, options) => fetch(address, options),
  who,
  build,
  timers,
  random: Math.random,
  local,
  clock,
  shown: () => stage.shown(),
  onMoved: (to) => {
    if (paired) savePairing(localStorage, { ...paired, board: to });
  },
  onRefused(times) {
    if (times % MOST_REFUSALS === 0) void checkKey();
  },
  state: () => state,
  dispatch,
  wants: () => wants(state, clock.now()),
  onCommand: createCommands({
    done: () => stored?.done ?? [],
    save: memory.saveDone,
    storage: sessionStorage,
    reload,
    now: clock.now,
    document,
    timers,
    proved: (id) => receipts.tested(id, clock.now()),
    place: () => ({ board: state.base?.board.name ?? slug, area: state.base?.board.area ?? "" }),
  }),
  onConnect: () => void receipts.flush(),
});
const receipts = createReceipts({
  send: link.receipts,
  timers,
  random: Math.random,
  kept: stored?.receipts,
  onChange: memory.saveReceipts,
});

/** @param {Event} event */
function dispatch(event) {
  setState(reduce(state, event));
}

/** Takes in what the memory held, where it was read only after the start. @param {Stored} late */
function restore(late) {
  stored = late;
  clock.restore(late.time);
  receipts.restore(late.receipts);
  setState(restored(state, late));
}

/** @param {State} next */
function setState(next) {
  const before = state;
  state = next;
  if (state === before) return;
  // Drawing comes first: an urgent notice does not wait for the disk.
  scheduler.update();
  // A notice that comes before any state must not overwrite the whole state of the last page load.
  if (state.base && (state.base !== before.base || state.patches !== before.patches))
    void memory.saveDesired(state.base, state.patches);
  if (state.bodies !== before.bodies) {
    void memory.saveBodies(state.bodies);
    keepPictures();
  }
  if (before.base === null) saveTime();
}

function keepPictures() {
  // Without a state the list would be empty, and the worker would drop every picture.
  if (state.base) offline.keep(Object.values(state.bodies).flatMap(({ media }) => media));
}

function saveTime() {
  if (clock.synced() && link.live()) void memory.saveTime(clock.known());
}

/** The server time of the last message of this page load. */
function heard() {
  const at = link.heardAt();
  return at === null ? null : clock.now() - (local() - at);
}

/** @param {View} view @param {number} now */
function render(view, now) {
  const { base } = state;
  const stale = !link.live();
  root.dataset.link = stale ? "stale" : "live";
  root.dataset.view = view.kind;
  if (!base) return;
  const { mode, theme, format } = base.board;
  // Without a trusted time the day is unknown.
  const shown = clock.trusted() ? themeOf(base.board, now) : theme;
  Object.assign(root.dataset, { mode, theme: shown, layout: format.layout, size: format.size });
  root.toggleAttribute("data-side", Boolean(format.side));
  root.toggleAttribute("data-ticker", Boolean(format.ticker));
  const below = view.kind === "urgent" ? view.below : view;
  frame.render({
    now,
    zone: base.board.zone,
    calendar: base.calendar,
    trusted: clock.trusted(),
    place: "place" in below ? below.place : null,
    name: base.board.name,
    area: base.board.area,
    stale,
    alerts: alertLine(state, now, clock.trusted()),
    heard: heard() ?? stored?.time?.server ?? null,
  });
  if (clock.trusted()) receipts.observe(noticesOf(state), now);
}

function health() {
  timers.setTimeout(health, MINUTE * (0.9 + 0.2 * Math.random()));
  link.health({
    ...measures(performance, window),
    ...faults,
    offset: clock.known().offset,
    rtt: clock.rtt(),
    shown: stage.shown(),
    cold: offline.cold() && !memory.broken(),
    build,
  });
}

function saveRegularly() {
  timers.setTimeout(saveRegularly, SAVE_EVERY);
  saveTime();
  keepPictures();
}

createViewer({
  document,
  pause: scheduler.pause,
  titles() {
    const now = clock.now();
    const slides = (state.base?.lap.slides ?? []).filter((slide) => canAir(slide, now));
    // The pages of one story have one title.
    return [...new Set([...liveNotices(state, now, "urgent"), ...slides].map(({ title }) => title))];
  },
});
stayAwake(navigator, document);
document.addEventListener("visibilitychange", scheduler.update);
// The link starts first: nothing in an old memory must keep the server's messages out.
link.start();
scheduler.start();
if (!stored) void loading.then(restore);
saveRegularly();
timers.setTimeout(health, MINUTE * Math.random());
