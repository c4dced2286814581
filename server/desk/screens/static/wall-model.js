/**
 * The wall's data and the order of its tiles, without touching the page. Called by wall.js, tested by node.
 *
 * The rows come from server/core/screens/wall_rows.py. A board's next slide is announced ahead of its time and takes
 * effect at that time.
 */

const REORDER = 1_000;
const FILLING = 100;

/**
 * Instants are milliseconds since 1970 UTC.
 * @typedef {{id: string, hash: string, risk: number, until: number, exercise: boolean}} Notice
 * @typedef {{
 *   hash: string | null, until: number | null, position: number, count: number, title: string, item: string,
 * }} Airing `position` counts from 1, 0 for none; `item` is the key of what is shown
 * @typedef {Airing & {
 *   slug: string, name: string, area: string, layout: string, size: string, theme: string,
 *   mode: "on" | "dark" | "safe" | "off", opens: number | null, notice: Notice | null,
 *   coming: (Airing & {at: number}) | null,
 * }} Board
 * @typedef {"lost" | "unwell" | "never" | "waiting" | "live" | "meeting"} ScreenState
 * @typedef {{
 *   id: number, name: string, board: string, state: ScreenState, since: number, phone: string, shown: string | null,
 *   confirmed: boolean,
 * }} Screen
 * @typedef {{key: string, screen: Screen | null, board: Board, state: ScreenState | "none", rank: number}} Tile
 * @typedef {{slug: string, name: string, parent: string | null}} Area
 * @typedef {[
 *   string, string, string, string, string, string, Board["mode"], number | null, string | null, number | null, number,
 *   number, string, string, [string, string, number, number, number] | null,
 * ]} BoardRow
 * @typedef {[number, string, string, ScreenState, number, string, string | null, number]} ScreenRow
 * @typedef {[string, number, string | null, number | null, number, number, string, string]} ComingRow
 * @typedef {{
 *   begin?: boolean, areas?: [string, string, string | null][], boards?: BoardRow[], coming?: ComingRow[],
 *   screens?: ScreenRow[], gone?: number[], whole?: boolean,
 * }} WallMessage `begin`: everything comes anew; `whole`: everything has come
 */

/** The order of tiles: what needs a person's help comes first. */
const RANK = { lost: 0, unwell: 1, never: 2, waiting: 3, live: 4, meeting: 5, none: 6 };

/** @param {BoardRow} row @returns {Board} */
function readBoard(row) {
  const [
    slug,
    name,
    area,
    layout,
    size,
    theme,
    mode,
    opens,
    hash,
    until,
    position,
    count,
    title,
    item,
    notice,
  ] = row;
  return {
    slug,
    name,
    area,
    layout,
    size,
    theme,
    mode,
    opens,
    hash,
    until,
    position,
    count,
    title,
    item,
    notice: notice && {
      id: notice[0],
      hash: notice[1],
      risk: notice[2],
      until: notice[3],
      exercise: Boolean(notice[4]),
    },
    coming: null,
  };
}

/** @param {ScreenRow} row @returns {Screen} */
function readScreen([id, name, board, state, since, phone, shown, confirmed]) {
  return { id, name, board, state, since, phone, shown, confirmed: Boolean(confirmed) };
}

export function createModel() {
  /** @type {Map<string, Area>} */
  const areas = new Map();
  /** @type {Map<string, Board>} */
  const boards = new Map();
  /** @type {Map<number, Screen>} */
  const screens = new Map();
  let whole = false;

  /** @param {[string, string, string | null][]} listed */
  function begin(listed) {
    areas.clear();
    boards.clear();
    screens.clear();
    whole = false;
    for (const [slug, name, parent] of listed) areas.set(slug, { slug, name, parent });
  }

  /** Takes in one message of the server. @param {WallMessage} message */
  function apply(message) {
    if (message.begin) begin(message.areas ?? []);
    for (const row of message.boards ?? []) {
      const board = readBoard(row);
      board.coming = boards.get(board.slug)?.coming ?? null;
      boards.set(board.slug, board);
    }
    for (const [slug, at, hash, until, position, count, title, item] of message.coming ?? []) {
      const board = boards.get(slug);
      if (board) board.coming = { at, hash, until, position, count, title, item };
    }
    for (const row of message.screens ?? []) {
      const screen = readScreen(row);
      screens.set(screen.id, screen);
    }
    for (const id of message.gone ?? []) screens.delete(id);
    if (message.whole) whole = true;
  }

  /** Lets the slides whose time has come take effect; returns the slugs of their boards. @param {number} now */
  function flip(now) {
    const flipped = [];
    for (const board of boards.values()) {
      if (!board.coming || board.coming.at > now) continue;
      const { at: _, ...shown } = board.coming;
      Object.assign(board, shown, { coming: null });
      flipped.push(board.slug);
    }
    return flipped;
  }

  /** The area and its ancestors, from below. @param {string} slug */
  function chainOf(slug) {
    const chain = [];
    for (let at = areas.get(slug); at; at = at.parent === null ? undefined : areas.get(at.parent))
      chain.push(at.slug);
    return chain;
  }

  /** The area and all below it. @param {string} area */
  function below(area) {
    const found = new Set([area]);
    for (const slug of areas.keys()) if (chainOf(slug).includes(area)) found.add(slug);
    return found;
  }

  /** One tile for each screen; a board without screens is a tile of its own. @returns {Tile[]} */
  function tiles() {
    const found = [];
    const equipped = new Set();
    for (const screen of screens.values()) {
      const board = boards.get(screen.board);
      if (!board) continue;
      equipped.add(screen.board);
      found.push({ key: `s${screen.id}`, screen, board, state: screen.state, rank: RANK[screen.state] });
    }
    for (const board of boards.values())
      if (!equipped.has(board.slug))
        found.push({
          key: `b${board.slug}`,
          screen: null,
          board,
          state: /** @type {const} */ ("none"),
          rank: RANK.none,
        });
    return found;
  }

  /**
   * The tiles of an area that contain the text; `only`: those that need help. Problems come first.
   * @param {{area?: string, text?: string, only?: boolean}} [choice]
   */
  function choose({ area = "", text = "", only = false } = {}) {
    const inside = area ? below(area) : null;
    const words = text.trim().toLocaleLowerCase("vi");
    const order = new Map([...boards.keys()].map((slug, at) => [slug, at]));
    return tiles()
      .filter(({ board }) => !inside || inside.has(board.area))
      .filter(({ rank }) => !only || rank < RANK.live)
      .filter(({ screen, board }) => {
        if (!words) return true;
        const searched = `${screen?.name ?? ""} ${board.name} ${areas.get(board.area)?.name ?? ""} ${board.title}`;
        return searched.toLocaleLowerCase("vi").includes(words);
      })
      .sort(
        (a, b) =>
          a.rank - b.rank ||
          (order.get(a.board.slug) ?? 0) - (order.get(b.board.slug) ?? 0) ||
          (a.screen?.id ?? 0) - (b.screen?.id ?? 0),
      );
  }

  /**
   * Numbers of screens of an area and below: all, playing, lost, unwell, off (by hours or dark), safe (on the safe page,
   * so that nothing plays), pending (not connected yet); `bare` counts boards without screens.
   */
  function counts(area = "") {
    const inside = area ? below(area) : null;
    const found = { all: 0, playing: 0, lost: 0, unwell: 0, off: 0, safe: 0, pending: 0, boards: 0, bare: 0 };
    for (const { screen, board, state } of tiles()) {
      if (inside && !inside.has(board.area)) continue;
      if (!screen) {
        found.bare += 1;
        continue;
      }
      found.all += 1;
      if (state === "lost") found.lost += 1;
      else if (state === "never" || state === "waiting") found.pending += 1;
      else if (board.mode === "safe") found.safe += 1;
      else if (board.mode === "off" || board.mode === "dark") found.off += 1;
      else found.playing += 1;
      if (state === "unwell") found.unwell += 1;
    }
    return found;
  }

  /** The areas in the order of the tree: each with its depth, the number of its screens and of the lost ones. */
  function tree() {
    const sums = new Map([...areas.keys()].map((slug) => [slug, { all: 0, lost: 0 }]));
    for (const { screen, board, state } of tiles())
      for (const slug of screen ? chainOf(board.area) : []) {
        const sum = /** @type {{all: number, lost: number}} */ (sums.get(slug));
        sum.all += 1;
        if (state === "lost") sum.lost += 1;
      }
    /** @type {(Area & {depth: number, all: number, lost: number})[]} */
    const found = [];
    const walk = (/** @type {string | null} */ parent, /** @type {number} */ depth) => {
      for (const area of areas.values()) {
        if (area.parent !== parent) continue;
        const sum = /** @type {{all: number, lost: number}} */ (sums.get(area.slug));
        found.push({ ...area, depth, ...sum });
        walk(area.slug, depth + 1);
      }
    };
    walk(null, 0);
    return found;
  }

  return { apply, flip, choose, counts, tree, boards, screens, areas, ready: () => whole };
}

/**
 * Whether the tiles are put in order again: often while the first ones come, at once when all are there, then rarely.
 * @param {{passed: number, ready: boolean, complete: boolean}} since `passed`: ms since the last time; `ready`: all
 *   tiles have come; `complete`: they had come at that time
 */
export function reorders({ passed, ready, complete }) {
  return passed > REORDER || (!complete && (ready || passed > FILLING));
}

/**
 * Which tiles of a long grid have to be in the page, with half a window of margin above and below.
 * @param {{count: number, width: number, top: number, view: number, least: number, gap: number, foot: number}} room
 *   `top`: how far the grid's upper edge is above the window's (negative: below it); `view`: the window's height;
 *   `least`: a tile's smallest width; `foot`: its height below the picture; all in pixels
 * @returns the indices `from` and `to` (half open), the columns, a tile's size, the height of the whole grid
 */
export function windowOf({ count, width, top, view, least, gap, foot }) {
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const across = (width - gap * (columns - 1)) / columns;
  const down = Math.round((across * 9) / 16 + foot);
  const rows = Math.ceil(count / columns);
  const first = Math.max(0, Math.floor((top - view / 2) / (down + gap)));
  const last = Math.min(rows, Math.ceil((top + view * 1.5) / (down + gap)));
  return {
    columns,
    across,
    down,
    from: Math.min(count, first * columns),
    to: Math.min(count, Math.max(0, last) * columns),
    height: rows ? rows * (down + gap) - gap : 0,
  };
}

/** Fills "{time}" and the like in a sentence. @param {string} sentence @param {Record<string, string | number>} [values] */
export function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
