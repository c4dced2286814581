/** The desk's wall: its data, the order of its tiles, which of them are in the page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel, reorders, say, windowOf } from "../../../server/desk/screens/static/wall-model.js";
import { seeded, T } from "../../display/fakes.mjs";

const area = (slug, parent = null) => [slug, `Xã ${slug}`, parent];
const board = (slug, where, more = {}) => {
  const { mode = "on", hash = "a", title = "Tin a", notice = null } = more;
  return [
    slug,
    `Bảng ${slug}`,
    where,
    "landscape",
    "S",
    "province",
    mode,
    null,
    hash,
    T + 9_000,
    1,
    4,
    title,
    "story:1",
    notice,
  ];
};
const screen = (id, slug, state = "live") => [id, `Màn hình ${id}`, slug, state, T, "0221", "a", 0];

function wall() {
  const model = createModel();
  model.apply({ begin: true, areas: [area("tinh"), area("minh-tan", "tinh"), area("dong-hai", "tinh")] });
  model.apply({
    boards: [board("hoi-truong", "tinh"), board("cong-xa", "minh-tan"), board("cho", "dong-hai")],
  });
  model.apply({ screens: [screen(1, "hoi-truong"), screen(2, "cong-xa", "lost"), screen(3, "cong-xa")] });
  model.apply({ whole: true });
  return model;
}
const keys = (tiles) => tiles.map(({ key }) => key);

test("problems come first, then boards in their order, boards without screens last", () => {
  assert.deepEqual(keys(wall().choose()), ["s2", "s1", "s3", "bcho"]);
});

test("an area is chosen with all below it", () => {
  const model = wall();
  assert.deepEqual(keys(model.choose({ area: "minh-tan" })), ["s2", "s3"]);
  assert.deepEqual(keys(model.choose({ area: "tinh" })), keys(model.choose()));
  assert.deepEqual(keys(model.choose({ area: "khong-co" })), []);
});

test("the search finds screens, boards, areas and titles, in any case", () => {
  const model = wall();
  assert.deepEqual(keys(model.choose({ text: " BẢNG CHO " })), ["bcho"]);
  assert.deepEqual(keys(model.choose({ text: "màn hình 3" })), ["s3"]);
  assert.deepEqual(keys(model.choose({ text: "xã minh" })), ["s2", "s3"]);
  assert.equal(model.choose({ text: "tin a" }).length, 4);
  assert.deepEqual(keys(model.choose({ only: true })), ["s2"]);
});

test("the counts say how many screens play and why others do not", () => {
  const model = wall();
  assert.deepEqual(model.counts(), {
    all: 3,
    playing: 2,
    lost: 1,
    unwell: 0,
    off: 0,
    safe: 0,
    pending: 0,
    boards: 0,
    bare: 1,
  });
  model.apply({ boards: [board("cong-xa", "minh-tan", { mode: "off" })] });
  model.apply({ screens: [screen(4, "cho", "waiting"), screen(1, "hoi-truong", "unwell")] });
  const { playing, lost, unwell, off, pending, bare } = model.counts();
  assert.deepEqual(
    { playing, lost, unwell, off, pending, bare },
    { playing: 1, lost: 1, unwell: 1, off: 1, pending: 1, bare: 0 },
  );
});

test("a screen that shows the safe page is not counted as playing, a lost one stays lost", () => {
  const model = wall();
  model.apply({ boards: [board("cong-xa", "minh-tan", { mode: "safe" })] });
  const { all, playing, safe, lost } = model.counts();
  assert.deepEqual({ all, playing, safe, lost }, { all: 3, playing: 1, safe: 1, lost: 1 });
});

test("the tree counts screens of an area and of all below it", () => {
  const tree = wall().tree();
  assert.deepEqual(
    tree.map(({ slug, depth, all, lost }) => [slug, depth, all, lost]),
    [
      ["tinh", 0, 3, 1],
      ["minh-tan", 1, 2, 1],
      ["dong-hai", 1, 0, 0],
    ],
  );
});

test("an announced slide takes effect at its time, not before", () => {
  const model = wall();
  model.apply({ coming: [["cong-xa", T + 1_000, "b", T + 11_000, 2, 4, "Tin b", "story:2"]] });
  assert.deepEqual(model.flip(T + 999), []);
  assert.equal(model.boards.get("cong-xa").hash, "a");
  // Other changes of the board do not lose the announced slide.
  model.apply({ boards: [board("cong-xa", "minh-tan", { mode: "dark" })] });
  assert.deepEqual(model.flip(T + 1_000), ["cong-xa"]);
  const { hash, title, item, position, mode } = model.boards.get("cong-xa");
  assert.deepEqual(
    { hash, title, item, position, mode },
    { hash: "b", title: "Tin b", item: "story:2", position: 2, mode: "dark" },
  );
  assert.deepEqual(model.flip(T + 2_000), []);
});

test("a revoked screen disappears, and a new beginning forgets everything", () => {
  const model = wall();
  model.apply({ gone: [2, 99] });
  assert.deepEqual(keys(model.choose()), ["s1", "s3", "bcho"]);
  model.apply({ begin: true, areas: [] });
  assert.equal(model.ready(), false);
  assert.deepEqual(model.choose(), []);
});

test("of any grid only what is near the window is in the page, and all that is in the window", () => {
  const random = seeded(7);
  for (let i = 0; i < 500; i += 1) {
    const room = {
      count: Math.floor(random() * 6_000),
      width: 300 + random() * 1_600,
      top: random() * 90_000 - 2_000,
      view: 600 + random() * 600,
      least: 270,
      gap: 22,
      foot: 70,
    };
    const { columns, down, from, to, height } = windowOf(room);
    assert.ok(columns >= 1 && 0 <= from && from <= to && to <= room.count);
    assert.ok(
      to - from <= columns * (Math.ceil((room.view * 2) / down) + 3),
      "never more than twice the window",
    );
    for (const at of [0, room.count - 1, Math.floor(random() * room.count)]) {
      if (at < 0 || at >= room.count) continue;
      const y = Math.floor(at / columns) * (down + room.gap) - room.top;
      const seen = y < room.view && y + down > 0;
      if (seen) assert.ok(from <= at && at < to, `tile ${at} is seen and not drawn`);
    }
    assert.ok(height >= 0);
  }
});

test("tiles are ordered at once when all have come, so that the wall is never called empty", () => {
  assert.equal(reorders({ passed: 50, ready: false, complete: false }), false);
  assert.equal(reorders({ passed: 150, ready: false, complete: false }), true);
  assert.equal(reorders({ passed: 5, ready: true, complete: false }), true);
  assert.equal(reorders({ passed: 900, ready: true, complete: true }), false);
  assert.equal(reorders({ passed: 1_100, ready: true, complete: true }), true);
});

test("sentences are filled with values", () => {
  assert.equal(say("Mất liên lạc từ {time}", { time: "13:42" }), "Mất liên lạc từ 13:42");
  assert.equal(say("{a} trên {b}", { a: 0 }), "0 trên ");
});
