/** The live wall: draws the tiles of wall-model.js, only those in or near the window; loaded by wall/index.html. */
import { createMiniatures } from "./wall-mini.js";
import { createModel, reorders, say, windowOf } from "./wall-model.js";
import { io } from "./vendor/socket.io.js";
/** @import {Board, Tile, WallMessage} from "./wall-model.js" */
/** @import {Miniature} from "./wall-mini.js" */

/** Pixels: a tile's smallest width, the gap between tiles, a tile's height below its picture. */
const LEAST = 270;
const GAP = 22;
const FOOT = 70;
const COUNT_MS = 500;

/**
 * @typedef {"good" | "warn" | "bad" | "off"} Kind
 * @typedef {{
 *   tile: HTMLElement, link: HTMLAnchorElement, mini: Miniature, cover: HTMLElement, name: HTMLElement,
 *   line: HTMLElement, end: HTMLAnchorElement,
 * }} TileView the elements of a tile in the page
 * @typedef {HTMLElement & {dataset: {
 *   ticket: string, zone: string, area?: string, title: string, screens: string, now: string, pairs?: string,
 *   words: string, sheets: string,
 * }}} Root
 */

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (document.getElementById(`wall-${name}`));
const root = /** @type {Root} */ (document.getElementById("wall"));
const grid = part("grid");
/** The sentences of the tiles. @type {Record<string, string>} */
const sentences = JSON.parse(root.dataset.words);
/** @param {string} name @param {Record<string, string | number>} [values] */
const sentence = (name, values) => say(sentences[name] ?? "", values);
const model = createModel();
const choice = { area: root.dataset.area ?? "", text: "", only: false };
/** @param {Intl.DateTimeFormatOptions} options */
const clock = (options) =>
  new Intl.DateTimeFormat("vi-VN", { timeZone: root.dataset.zone, hourCycle: "h23", ...options });
const toSecond = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const toMinute = clock({ hour: "2-digit", minute: "2-digit" });
const dayOf = clock({ day: "2-digit", month: "2-digit" });

let offset = 0;
const now = () => Date.now() + offset;
/** The tiles in their order. @type {Tile[]} */
let shown = [];
let dirty = true;
let orderedAt = 0;
/** Whether all tiles had come when they were put in order. */
let complete = false;
let countedAt = 0;
/** Tiles in the page, by key. @type {Map<string, TileView>} */
const drawn = new Map();

const socket = io("/desk", {
  transports: ["websocket"],
  auth: { ticket: root.dataset.ticket },
  reconnectionDelayMax: 3_000,
});
const minis = createMiniatures({
  sheets: JSON.parse(root.dataset.sheets),
  ask: (wanted) => socket.timeout(8_000).emitWithAck("want", wanted),
});

socket.on("wall", (/** @type {WallMessage & {now: number}} */ message) => {
  offset = message.now - Date.now();
  model.apply(message);
  dirty = true;
});
socket.on("connect", () => {
  part("away").hidden = true;
});
socket.on("disconnect", () => {
  part("away").hidden = false;
});

/** The time of an instant, with the day where it is not today. @param {number} ms */
function moment(ms) {
  const day = dayOf.format(ms);
  return day === dayOf.format(now()) ? toMinute.format(ms) : `${toMinute.format(ms)} ${day}`;
}

/**
 * What a tile says: `cover` on the dark picture (null: the slide itself is shown), `line` and `end` below its name.
 * @param {Tile} tile @returns {{cover: string[] | null, line: string, kind: Kind, end: string}}
 */
function textsOf({ screen, board, state }) {
  const since = screen?.since ?? 0;
  const pending = { line: sentence("pending"), kind: /** @type {Kind} */ ("off"), end: "" };
  if (state === "lost") {
    const phone = screen?.phone;
    const line = phone ? sentence("call", { phone }) : sentence("nobody");
    const cover = [sentence("lost", { time: moment(since) }), sentence("memory")];
    return { cover, line, kind: "bad", end: "" };
  }
  if (state === "waiting") return { cover: [sentence("waiting")], ...pending };
  if (state === "never") return { cover: [sentence("never")], ...pending };
  if (state === "meeting")
    return {
      cover: [sentence("meeting", { time: moment(since) })],
      line: sentence("lent"),
      kind: "off",
      end: "",
    };
  const covered = coverOf(board);
  if (covered && state === "none") return { ...covered, line: sentence("bare"), kind: "off" };
  return covered ?? liveTexts({ screen, board, state }, toSecond.format(since));
}

/** The urgent notice in force. @param {Board} board */
function urgentOf(board) {
  return board.notice && board.notice.until > now() ? board.notice : null;
}

/** The texts of a board that shows no slide; null where it shows one. @param {Board} board @returns {ReturnType<typeof textsOf> | null} */
function coverOf(board) {
  if (board.mode === "safe")
    return { cover: [sentence("safe")], line: sentence("safeLine"), kind: "warn", end: "" };
  if (urgentOf(board)) return null;
  if (board.mode === "dark")
    return { cover: [sentence("dark")], line: sentence("ready"), kind: "good", end: "" };
  if (board.mode !== "off") return null;
  const opens = board.opens ? [sentence("opens", { time: moment(board.opens) })] : [];
  return { cover: [sentence("off"), ...opens], line: sentence("ready"), kind: "good", end: "" };
}

/**
 * The texts of a board that shows a slide or an urgent notice; `seen` is when the screen was heard last.
 * @param {Pick<Tile, "screen" | "board" | "state">} tile @param {string} seen
 * @returns {ReturnType<typeof textsOf>}
 */
function liveTexts({ screen, board, state }, seen) {
  const place = board.count && board.position ? `${board.position} / ${board.count}` : "";
  if (state === "none") return { cover: null, line: sentence("bare"), kind: "off", end: place };
  if (urgentOf(board)) {
    const end = sentence(screen?.confirmed ? "confirmed" : "unconfirmed");
    return { cover: null, line: seen, kind: "good", end };
  }
  if (state === "unwell")
    return { cover: null, line: sentence("unwell", { time: seen }), kind: "warn", end: place };
  return { cover: null, line: seen, kind: "good", end: place };
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} name of its class @param {Element} parent
 */
function element(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

/** @returns {TileView} */
function makeTile() {
  const tile = element("li", "tile", grid);
  const link = element("a", "tile-link", tile);
  const glass = element("span", "tile-glass", link);
  const mini = minis.make();
  glass.append(mini.host);
  const cover = element("div", "tile-cover", glass);
  const name = element("strong", "tile-name", link);
  const foot = element("p", "tile-foot", tile);
  const line = element("span", "state", foot);
  const end = element("a", "tile-end", foot);
  return { tile, link, mini, cover, name, line, end };
}

/** @param {HTMLElement} node @param {string} text */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The page that a tile leads to. @param {Tile} tile */
function addressOf({ screen, board }) {
  const ofBoard = `${root.dataset.screens}?board=${board.slug}`;
  if (!screen) return ofBoard;
  return root.dataset.pairs ? `${root.dataset.screens}${screen.id}` : `${ofBoard}#screen-${screen.id}`;
}

/** Writes a tile into its elements. @param {TileView} view @param {Tile} tile @param {number} at its index */
function fill(view, tile, at) {
  const { screen, board } = tile;
  const { cover, line, kind, end } = textsOf(tile);
  const unnamed = !screen || screen.name.startsWith("Màn hình ");
  write(view.name, unnamed && screen ? `${board.name} · ${screen.name}` : (screen?.name ?? board.name));
  write(view.line, line);
  write(view.end, end);
  const style = `state ${kind}`;
  if (view.line.className !== style) view.line.className = style;
  view.tile.classList.toggle("bad", kind === "bad");
  view.tile.setAttribute("aria-setsize", String(shown.length));
  view.tile.setAttribute("aria-posinset", String(at + 1));
  const address = addressOf(tile);
  if (view.link.getAttribute("href") !== address) view.link.setAttribute("href", address);
  view.link.title = board.title ? `${board.name}: ${board.title}` : board.name;
  if (end && board.item) {
    view.end.href = `${root.dataset.now}${encodeURIComponent(board.item)}`;
    view.end.title = sentence("onNow");
  } else view.end.removeAttribute("href");
  view.cover.hidden = !cover;
  if (cover) {
    write(view.cover, cover.join("\n"));
    view.mini.clear();
    return;
  }
  const urgent = urgentOf(board);
  view.mini.show(board, urgent ? urgent.hash : board.hash, urgent);
}

/** @param {TileView} view @param {number} at @param {{columns: number, across: number, down: number}} room */
function place(view, at, { columns, across, down }) {
  const x = (at % columns) * (across + GAP);
  const y = Math.floor(at / columns) * (down + GAP);
  const { style } = view.tile;
  const moved = `translate(${x}px, ${y}px)`;
  if (style.transform !== moved) style.transform = moved;
  if (style.width !== `${across}px`) style.width = `${across}px`;
  if (style.height !== `${down}px`) style.height = `${down}px`;
}

function draw() {
  const box = grid.getBoundingClientRect();
  const room = windowOf({
    count: shown.length,
    width: box.width,
    top: -box.top,
    view: innerHeight,
    least: Math.min(LEAST, box.width),
    gap: GAP,
    foot: FOOT,
  });
  if (grid.style.height !== `${room.height}px`) grid.style.height = `${room.height}px`;
  const wanted = new Map(
    shown.slice(room.from, room.to).map((tile, number) => [tile.key, { tile, at: room.from + number }]),
  );
  const free = [];
  for (const [key, view] of drawn)
    if (!wanted.has(key)) {
      drawn.delete(key);
      free.push(view);
    }
  for (const [key, { tile, at }] of wanted) {
    const view = drawn.get(key) ?? free.pop() ?? makeTile();
    drawn.set(key, view);
    place(view, at, room);
    fill(view, tile, at);
  }
  for (const view of free) view.tile.remove();
  minis.fetch();
}

function count() {
  const all = model.counts();
  const mine = model.counts(choice.area);
  write(part("playing"), sentence(mine.all ? "playing" : "none", mine));
  for (const name of /** @type {const} */ (["lost", "off", "safe", "pending", "unwell"])) {
    const node = part(name);
    node.hidden = !mine[name];
    write(/** @type {HTMLElement} */ (node.firstElementChild), String(mine[name]));
  }
  part("lost").classList.toggle("bad", mine.lost > 0);
  document.title = `${all.lost ? `(${all.lost}) ` : ""}${root.dataset.title}`;
  part("bare").hidden = !model.ready() || mine.all > 0;
  part("empty").hidden = !model.ready() || shown.length > 0;
  part("waiting").hidden = model.ready();
  drawTree();
}

// On a telephone the open list of areas would fill the first screen.
if (matchMedia("(width < 1100px)").matches) part("area-box").removeAttribute("open");

let treeText = "";
/** The areas beside the grid; where nothing has changed they are left alone, and so is the focus. */
function drawTree() {
  const tree = model.tree();
  const text = JSON.stringify([tree, choice.area]);
  if (text === treeText) return;
  treeText = text;
  const list = part("areas");
  const active = document.activeElement;
  const focused = active instanceof HTMLElement ? active.dataset.area : undefined;
  list.replaceChildren(
    ...tree.map(({ slug, name, depth, all, lost }) => {
      const item = document.createElement("li");
      const button = element("button", `area depth-${Math.min(depth, 3)}`, item);
      button.type = "button";
      button.dataset.area = slug;
      button.setAttribute("aria-pressed", String(choice.area === slug));
      element("span", "", button).textContent = name;
      const number = element("span", lost ? "bad" : "soft", button);
      number.textContent = lost ? sentence("areaLost", { lost }) : String(all);
      return item;
    }),
  );
  if (focused === undefined) return;
  const again = /** @type {HTMLElement | null} */ (
    list.querySelector(`[data-area="${CSS.escape(focused)}"]`)
  );
  again?.focus();
}

function reorder() {
  orderedAt = performance.now();
  shown = model.choose(choice);
}

/** Once per frame: draws what has changed. */
function step() {
  requestAnimationFrame(step);
  const at = performance.now();
  if (model.flip(now()).length) dirty = true;
  if (!dirty) return;
  const grew = reorders({ passed: at - orderedAt, ready: model.ready(), complete });
  complete = model.ready();
  if (grew) reorder();
  dirty = !grew;
  draw();
  if (at - countedAt > COUNT_MS || grew) {
    countedAt = at;
    count();
  }
}

function chosen() {
  reorder();
  treeText = "";
  count();
  draw();
}

part("areas").addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (target.closest("[data-area]"));
  if (!button) return;
  choice.area = choice.area === button.dataset.area ? "" : (button.dataset.area ?? "");
  chosen();
});
part("text").addEventListener("input", (event) => {
  choice.text = /** @type {HTMLInputElement} */ (event.target).value;
  chosen();
});
part("only").addEventListener("change", (event) => {
  choice.only = /** @type {HTMLInputElement} */ (event.target).checked;
  chosen();
});
for (const event of ["scroll", "resize"]) addEventListener(event, draw, { passive: true });
setInterval(() => {
  dirty = true;
}, 5_000);
Object.assign(window, { wall: { model, drawn } });
requestAnimationFrame(step);
