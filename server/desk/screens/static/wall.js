// The live wall: draws what wall-model.js knows, only the tiles that can be seen; loaded by wall/index.html.
import { createMiniatures } from "./wall-mini.js";
import { createModel, reorders, say, windowOf } from "./wall-model.js";
import { io } from "./vendor/socket.io.js";

const LEAST = 270;
const GAP = 22;
const FOOT = 70;
const AFRESH = 500;

const root = document.getElementById("wall");
const words = JSON.parse(root.dataset.words);
const grid = document.getElementById("wall-grid");
const part = (name) => document.getElementById(`wall-${name}`);
const model = createModel();
const choice = { area: root.dataset.area ?? "", text: "", only: false };
const clock = (options) => new Intl.DateTimeFormat("vi-VN", { timeZone: root.dataset.zone, hourCycle: "h23", ...options });
const toSecond = clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const toMinute = clock({ hour: "2-digit", minute: "2-digit" });
const dayOf = clock({ day: "2-digit", month: "2-digit" });

let offset = 0;
const now = () => Date.now() + offset;
let shown = [];
let dirty = true;
let ordered = 0;
// Whether the order is of all that is there.
let complete = false;
let counted = 0;
/** Tiles in the page, by key. */
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

socket.on("wall", (message) => {
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

function moment(ms) {
  const day = dayOf.format(ms);
  return day === dayOf.format(now()) ? toMinute.format(ms) : `${toMinute.format(ms)} ${day}`;
}

/** What a tile says: on its dark glass (null: the slide itself is shown), below its name, and how it stands. */
function sentences({ screen, board, state }) {
  const place = board.count && board.position ? `${board.position} / ${board.count}` : "";
  if (state === "lost") {
    const gone = say(words.lost, { time: moment(screen.since) });
    const call = screen.phone ? say(words.call, { phone: screen.phone }) : words.nobody;
    return { cover: [gone, words.memory], line: call, kind: "bad", end: "" };
  }
  if (state === "waiting") return { cover: [words.waiting], line: words.pending, kind: "off", end: "" };
  if (state === "never") return { cover: [words.never], line: words.pending, kind: "off", end: "" };
  if (state === "meeting")
    return { cover: [say(words.meeting, { time: moment(screen.since) })], line: words.lent, kind: "off", end: "" };
  const urgent = board.notice && board.notice.until > now();
  if (board.mode === "safe") return { cover: [words.safe], line: words.safeLine, kind: "warn", end: "" };
  if (!urgent && board.mode === "dark") return { cover: [words.dark], line: words.ready, kind: "good", end: "" };
  if (!urgent && board.mode === "off") {
    const opens = board.opens ? [say(words.opens, { time: moment(board.opens) })] : [];
    return { cover: [words.off, ...opens], line: words.ready, kind: "good", end: "" };
  }
  if (state === "none") return { cover: null, line: words.bare, kind: "off", end: place };
  const seen = toSecond.format(screen.since);
  if (urgent) return { cover: null, line: seen, kind: "good", end: screen.confirmed ? words.confirmed : words.unconfirmed };
  if (state === "unwell") return { cover: null, line: say(words.unwell, { time: seen }), kind: "warn", end: place };
  return { cover: null, line: seen, kind: "good", end: place };
}

function element(tag, name, parent) {
  const made = document.createElement(tag);
  made.className = name;
  parent?.append(made);
  return made;
}

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

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(view, one, at) {
  const { screen, board } = one;
  const { cover, line, kind, end } = sentences(one);
  const single = !screen || screen.name.startsWith("Màn hình ");
  write(view.name, single && screen ? `${board.name} · ${screen.name}` : (screen?.name ?? board.name));
  write(view.line, line);
  write(view.end, end);
  const style = `state ${kind}`;
  if (view.line.className !== style) view.line.className = style;
  view.tile.classList.toggle("bad", kind === "bad");
  view.tile.setAttribute("aria-setsize", String(shown.length));
  view.tile.setAttribute("aria-posinset", String(at + 1));
  const board_page = `${root.dataset.screens}?board=${board.slug}`;
  const screen_page = root.dataset.pairs ? `${root.dataset.screens}${screen?.id}` : `${board_page}#screen-${screen?.id}`;
  const address = screen ? screen_page : board_page;
  if (view.link.getAttribute("href") !== address) view.link.setAttribute("href", address);
  view.link.title = board.title ? `${board.name}: ${board.title}` : board.name;
  if (end && board.item) {
    view.end.href = `${root.dataset.now}${encodeURIComponent(board.item)}`;
    view.end.title = words.onNow;
  } else view.end.removeAttribute("href");
  view.cover.hidden = !cover;
  if (cover) {
    write(view.cover, cover.join("\n"));
    view.mini.clear();
    return;
  }
  const urgent = board.notice && board.notice.until > now() ? board.notice : null;
  view.mini.show(board, urgent ? urgent.hash : board.hash, urgent);
}

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
    count: shown.length, width: box.width, top: -box.top, view: innerHeight, least: Math.min(LEAST, box.width), gap: GAP, foot: FOOT,
  });
  if (grid.style.height !== `${room.height}px`) grid.style.height = `${room.height}px`;
  const wanted = new Map();
  for (let at = room.from; at < room.to; at += 1) wanted.set(shown[at].key, at);
  const free = [];
  for (const [key, view] of drawn)
    if (!wanted.has(key)) {
      drawn.delete(key);
      free.push(view);
    }
  for (const [key, at] of wanted) {
    const view = drawn.get(key) ?? free.pop() ?? makeTile();
    drawn.set(key, view);
    place(view, at, room);
    fill(view, shown[at], at);
  }
  for (const view of free) view.tile.remove();
  minis.fetch();
}

function count() {
  const all = model.counts();
  const mine = model.counts(choice.area);
  write(part("playing"), say(mine.all ? words.playing : words.none, mine));
  for (const name of ["lost", "off", "pending", "unwell"]) {
    const node = part(name);
    node.hidden = !mine[name];
    write(node.firstElementChild, String(mine[name]));
  }
  part("lost").classList.toggle("bad", mine.lost > 0);
  document.title = `${all.lost ? `(${all.lost}) ` : ""}${root.dataset.title}`;
  part("empty").hidden = !model.ready() || shown.length > 0;
  part("waiting").hidden = model.ready();
  drawTree();
}

// On a telephone the areas would push everything else off the first screen.
if (matchMedia("(width < 1100px)").matches) part("area-box").open = false;

let treeText = "";
function drawTree() {
  const tree = model.tree();
  const text = JSON.stringify([tree, choice.area]);
  if (text === treeText) return;
  treeText = text;
  const list = part("areas");
  const focused = document.activeElement?.dataset?.area;
  list.replaceChildren(
    ...tree.map(({ slug, name, depth, all, lost }) => {
      const item = document.createElement("li");
      const button = element("button", `area depth-${Math.min(depth, 3)}`, item);
      button.type = "button";
      button.dataset.area = slug;
      button.setAttribute("aria-pressed", String(choice.area === slug));
      element("span", "", button).textContent = name;
      const number = element("span", lost ? "bad" : "soft", button);
      number.textContent = lost ? say(words.areaLost, { lost }) : String(all);
      return item;
    }),
  );
  if (focused) list.querySelector(`[data-area="${CSS.escape(focused)}"]`)?.focus();
}

function reorder() {
  ordered = performance.now();
  shown = model.choose(choice);
}

function turn() {
  requestAnimationFrame(turn);
  const at = performance.now();
  if (model.flip(now()).length) dirty = true;
  if (!dirty) return;
  const grew = reorders({ passed: at - ordered, ready: model.ready(), complete });
  complete = model.ready();
  if (grew) reorder();
  dirty = !grew;
  draw();
  if (at - counted > AFRESH || grew) {
    counted = at;
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
  const button = event.target.closest("[data-area]");
  if (!button) return;
  choice.area = choice.area === button.dataset.area ? "" : button.dataset.area;
  chosen();
});
part("text").addEventListener("input", (event) => {
  choice.text = event.target.value;
  chosen();
});
part("only").addEventListener("change", (event) => {
  choice.only = event.target.checked;
  chosen();
});
for (const event of ["scroll", "resize"]) addEventListener(event, draw, { passive: true });
setInterval(() => {
  dirty = true;
}, 5_000);
Object.assign(window, { wall: { model, drawn } });
requestAnimationFrame(turn);
