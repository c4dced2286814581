/**
 * Wires the parts of a screen together; loaded by the page of a board, the only reader of the device's clock.
 *
 * The way of a message: link.js -> state.js (what is known) -> view.js (what to show now) -> pace.js -> stage.js.
 */
import { createClock } from "./link/clock.js";
import { createCommands } from "./device/commands.js";
import { countFaults, createOffline, measures, stayAwake } from "./device/device.js";
import { overflows } from "./stage/fit.js";
import { createFrame } from "./stage/frame.js";
import { themeOf } from "./state/hours.js";
import { askWhere, identify, keepPaired, readPaired } from "./device/identity.js";
import { canAir } from "./state/lap.js";
import { createLink } from "./link/link.js";
import { createMemory } from "./device/memory.js";
import { createOverlay } from "./stage/overlay.js";
import { createPace } from "./state/scheduler.js";
import { createReceipts } from "./link/receipts.js";
import { createRenewal } from "./device/page_reload.js";
import { createStage } from "./stage/stage.js";
import { EMPTY, noticesOf, recalled, reduce, wants } from "./state/state.js";
import { createParser, createPolicy } from "./stage/trusted_types.js";
import { io } from "./vendor/socket.io.esm.min.js";
import { liveNotices } from "./state/view.js";
import { createViewer } from "./stage/viewer.js";
/** @import {Event, Flip, Kept, State, Timers, View} from "./types.d.ts" */

const MEMORY_DEADLINE = 1_500;
const MINUTE = 60_000;
const KEEP_UP = 20_000;
const MOST_REFUSALS = 2;
const KEY_DEADLINE = 5_000;

const root = document.documentElement;
const { board = "", build = "" } = root.dataset;
const paired = board ? null : readPaired(localStorage);
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
/** Null while a slow disk is still being read. @type {Kept | null} */
let kept = await Promise.race([loading, wait(MEMORY_DEADLINE)]);
/** @type {State} */
let state = kept ? recalled(EMPTY, kept) : EMPTY;
const clock = createClock({ local, wall: Date.now, known: kept?.time });
const offline = createOffline({ navigator, slug, scope: who.scope, build, policy, note, local });
const renewal = createRenewal({ build, random: Math.random, reload, storage: sessionStorage });
const frame = createFrame(document);

const stage = createStage({
  main: /** @type {HTMLElement} */ (document.getElementById("stage")),
  timers,
  parse,
  now: clock.now,
  flips,
  onPainted(layer, hash) {
    overflow(overflows(layer, hash));
    // A proof of play: of a screen alone, of what people could see, at a time that can be believed.
    const covered = root.dataset.view === "urgent" || document.hidden;
    if (who.screen && !covered && clock.trusted()) receipts.played(hash, clock.now());
  },
  onFault: note,
});
const overlay = createOverlay({
  document,
  timers,
  parse,
  onShown: (notice) => receipts.shown(notice, clock.now()),
});
const pace = createPace({
  state: () => state,
  clock,
  local,
  stage,
  overlay,
  timers,
  hidden: () => document.hidden,
  render,
  onBoundary: (seen, now) => renewal.consider(state.base?.build, now, seen.kind === "urgent"),
  onKept() {
    faults.kept += 1;
  },
  onStuck(times) {
    faults.stuck += 1;
    if (times > 1) reload();
  },
});
/**
 * Refused again and again: only a key that is worth nothing, or another board, is a reason to begin anew, and then the
 * page shows a code. A board that is not on air, or a full house, passes while the page goes on.
 */
async function askAboutKey() {
  if (!paired) return;
  const { gone, board: there } = await askWhere(fetch, paired, KEY_DEADLINE);
  if (there !== who.board) keepPaired(localStorage, { ...paired, board: there });
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
    if (paired) keepPaired(localStorage, { ...paired, board: to });
  },
  onRefused(times) {
    if (times % MOST_REFUSALS === 0) void askAboutKey();
  },
  state: () => state,
  dispatch,
  wants: () => wants(state, clock.now()),
  onCommand: createCommands({
    done: () => kept?.done ?? [],
    save: memory.saveDone,
    storage: sessionStorage,
    reload,
    now: clock.now,
    document,
    timers,
    proved: (id) => receipts.tested(id, clock.now()),
    words: () => `${state.base?.board.name ?? ""} (${slug})`,
  }),
  onConnect: () => void receipts.flush(),
});
const receipts = createReceipts({
  send: link.receipts,
  timers,
  random: Math.random,
  kept: kept?.receipts,
  onChange: memory.saveReceipts,
});

/** @param {Event} event */
function dispatch(event) {
  become(reduce(state, event));
}

/** What the memory says after the start: better late than an empty glass. @param {Kept} late */
function recall(late) {
  kept = late;
  clock.recall(late.time);
  receipts.recall(late.receipts);
  become(recalled(state, late));
}

/** @param {State} next */
function become(next) {
  const before = state;
  state = next;
  if (state === before) return;
  // The glass first: an urgent notice waits for nothing, not even for being written down.
  pace.look();
  // A notice that comes before any state must not be written over the whole one of the last page load.
  if (state.base && (state.base !== before.base || state.patches !== before.patches))
    void memory.saveDesired(state.base, state.patches);
  if (state.bodies !== before.bodies) {
    void memory.saveBodies(state.bodies);
    keepPictures();
  }
  if (before.base === null) saveTime();
}

function keepPictures() {
  // Nothing known is not the same as nothing wanted: the worker would drop every picture.
  if (state.base) offline.keep(Object.values(state.bodies).flatMap(({ media }) => media));
}

function saveTime() {
  if (clock.synced() && link.live()) void memory.saveTime(clock.known());
}

/** @param {View} seen @param {number} now */
function render(seen, now) {
  const { base } = state;
  const stale = !link.live();
  root.dataset.link = stale ? "stale" : "live";
  root.dataset.view = seen.kind;
  if (!base) return;
  const { mode, theme, format } = base.board;
  // A time that is not trusted says nothing about the day.
  const shown = clock.trusted() ? themeOf(base.board, now) : theme;
  Object.assign(root.dataset, { mode, theme: shown, layout: format.layout, size: format.size });
  root.toggleAttribute("data-side", Boolean(format.side));
  root.toggleAttribute("data-ticker", Boolean(format.ticker));
  const heardAt = link.heardAt();
  const below = seen.kind === "urgent" ? seen.below : seen;
  frame.render({
    now,
    zone: base.board.zone,
    calendar: base.calendar,
    trusted: clock.trusted(),
    place: "place" in below ? below.place : null,
    name: base.board.name,
    area: base.board.area,
    stale,
    heard: heardAt === null ? (kept?.time?.server ?? null) : now - (local() - heardAt),
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

function keepUp() {
  timers.setTimeout(keepUp, KEEP_UP);
  saveTime();
  keepPictures();
}

createViewer({
  document,
  pause: pace.pause,
  titles() {
    const now = clock.now();
    const slides = (state.base?.lap.slides ?? []).filter((slide) => canAir(slide, now));
    // The pages of one story have one title.
    return [...new Set([...liveNotices(state, now, "urgent"), ...slides].map(({ title }) => title))];
  },
});
stayAwake(navigator, document);
document.addEventListener("visibilitychange", pace.look);
// The link first: whatever an old memory holds, the server's word must come through.
link.start();
pace.start();
if (!kept) void loading.then(recall);
keepUp();
timers.setTimeout(health, MINUTE * Math.random());
