// What the wall knows and in which order it is shown; no page is touched here. Called by wall.js, tested by node.
//
// Rows come from server/core/screens/wall_rows.py. A board's coming slide is told ahead of its time and takes its place at it.

/** A link that is gone for less is a page that is loaded anew. */
export const PATIENCE = 12_000;
const REORDER = 1_000;
const FILLING = 100;

const RANK = { lost: 0, unwell: 1, never: 2, waiting: 3, live: 4, meeting: 5, none: 6 };

const board = ([slug, name, area, layout, size, theme, mode, opens, hash, until, position, count, title, item, notice]) => ({
  slug, name, area, layout, size, theme, mode, opens, hash, until, position, count, title, item,
  notice: notice && { id: notice[0], hash: notice[1], risk: notice[2], until: notice[3], exercise: Boolean(notice[4]) },
  coming: null,
});

const screen = ([id, name, slug, state, since, phone, shown, confirmed]) => ({
  id, name, board: slug, state, since, phone, shown, confirmed: Boolean(confirmed),
});

export function createModel() {
  /** @type {Map<string, {slug: string, name: string, parent: string | null}>} */
  const areas = new Map();
  const boards = new Map();
  const screens = new Map();
  let whole = false;

  function begin(listed) {
    areas.clear();
    boards.clear();
    screens.clear();
    whole = false;
    for (const [slug, name, parent] of listed) areas.set(slug, { slug, name, parent });
  }

  /** Takes in one message of the server; gives the boards and screens that it changed. */
  function apply(message) {
    if (message.begin) begin(message.areas);
    for (const row of message.boards ?? []) {
      const made = board(row);
      made.coming = boards.get(made.slug)?.coming ?? null;
      boards.set(made.slug, made);
    }
    for (const [slug, at, hash, until, position, count, title, item] of message.coming ?? []) {
      const its = boards.get(slug);
      if (its) its.coming = { at, hash, until, position, count, title, item };
    }
    for (const row of message.screens ?? []) {
      const made = screen(row);
      screens.set(made.id, made);
    }
    for (const id of message.gone ?? []) screens.delete(id);
    if (message.whole) whole = true;
  }

  /** Puts on what was announced for a time that has come; gives the boards that flipped. */
  function flip(now) {
    const flipped = [];
    for (const its of boards.values()) {
      if (!its.coming || its.coming.at > now) continue;
      const { at: _, ...shown } = its.coming;
      Object.assign(its, shown, { coming: null });
      flipped.push(its.slug);
    }
    return flipped;
  }

  /** The area and all below it. */
  function below(area) {
    const found = new Set([area]);
    for (const { slug } of areas.values()) {
      const chain = [];
      for (let at = areas.get(slug); at; at = areas.get(at.parent)) chain.push(at.slug);
      if (chain.includes(area)) found.add(slug);
    }
    return found;
  }

  /** One tile a screen; a board without screens is a tile of its own. */
  function tiles() {
    const found = [];
    const having = new Set();
    for (const its of screens.values()) {
      const on = boards.get(its.board);
      if (!on) continue;
      having.add(its.board);
      found.push({ key: `s${its.id}`, screen: its, board: on, state: its.state, rank: RANK[its.state] });
    }
    for (const on of boards.values())
      if (!having.has(on.slug)) found.push({ key: `b${on.slug}`, screen: null, board: on, state: "none", rank: RANK.none });
    return found;
  }

  /** What is shown for a choice of area, words and "only what needs a hand"; problems first. */
  function choose({ area = "", text = "", only = false } = {}) {
    const inside = area ? below(area) : null;
    const words = text.trim().toLocaleLowerCase("vi");
    const order = new Map([...boards.keys()].map((slug, at) => [slug, at]));
    return tiles()
      .filter(({ board: on }) => !inside || inside.has(on.area))
      .filter(({ rank }) => !only || rank < RANK.live)
      .filter(({ screen: its, board: on }) => {
        if (!words) return true;
        const said = `${its?.name ?? ""} ${on.name} ${areas.get(on.area)?.name ?? ""} ${on.title}`;
        return said.toLocaleLowerCase("vi").includes(words);
      })
      .sort(
        (a, b) =>
          a.rank - b.rank ||
          (order.get(a.board.slug) ?? 0) - (order.get(b.board.slug) ?? 0) ||
          (a.screen?.id ?? 0) - (b.screen?.id ?? 0),
      );
  }

  /** Numbers of screens: all, playing, lost, unwell, off by hours or dark, not begun; of an area and below. */
  function counts(area = "") {
    const inside = area ? below(area) : null;
    const found = { all: 0, playing: 0, lost: 0, unwell: 0, off: 0, pending: 0, boards: 0, bare: 0 };
    for (const { screen: its, board: on, state } of tiles()) {
      if (inside && !inside.has(on.area)) continue;
      if (!its) {
        found.bare += 1;
        continue;
      }
      found.all += 1;
      if (state === "lost") found.lost += 1;
      else if (state === "never" || state === "waiting") found.pending += 1;
      else if (on.mode === "off" || on.mode === "dark") found.off += 1;
      else found.playing += 1;
      if (state === "unwell") found.unwell += 1;
    }
    return found;
  }

  /** The areas as a tree in order: each with its depth and how many of its screens there are and are lost. */
  function tree() {
    const sums = new Map([...areas.keys()].map((slug) => [slug, { all: 0, lost: 0 }]));
    for (const { screen: its, board: on, state } of tiles())
      for (let at = areas.get(on.area); its && at; at = areas.get(at.parent)) {
        const sum = sums.get(at.slug);
        sum.all += 1;
        if (state === "lost") sum.lost += 1;
      }
    const found = [];
    const walk = (parent, depth) => {
      for (const one of areas.values()) {
        if (one.parent !== parent) continue;
        found.push({ ...one, depth, ...sums.get(one.slug) });
        walk(one.slug, depth + 1);
      }
    };
    walk(null, 0);
    return found;
  }

  return { apply, flip, choose, counts, tree, boards, screens, areas, ready: () => whole };
}

/** Whether tiles are put in order anew: often while the first ones come, at once when all are there, then seldom. */
export function reorders({ passed, ready, complete }) {
  return passed > REORDER || (!complete && (ready || passed > FILLING));
}

/**
 * Which tiles of a long grid are to be in the page: from and to (indices), columns, and the height of the whole.
 * @param {{count: number, width: number, top: number, view: number, least: number, gap: number, foot: number}} room
 *   `top`: how far the grid's upper edge is above the window's (negative: below it); all in pixels
 */
export function windowOf({ count, width, top, view, least, gap, foot }) {
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const across = (width - gap * (columns - 1)) / columns;
  const down = Math.round((across * 9) / 16 + foot);
  const rows = Math.ceil(count / columns);
  const first = Math.max(0, Math.floor((top - view / 2) / (down + gap)));
  const last = Math.min(rows, Math.ceil((top + view * 1.5) / (down + gap)));
  return {
    columns, across, down,
    from: Math.min(count, first * columns),
    to: Math.min(count, Math.max(0, last) * columns),
    height: rows ? rows * (down + gap) - gap : 0,
  };
}

/** "{time}" and the like in a sentence. */
export function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
