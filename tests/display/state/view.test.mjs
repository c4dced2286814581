/** The view: precedence, and everything to the second. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isOn, themeOf, wallTime } from "../../../display/state/hours.js";
import { EMPTY, reduce } from "../../../display/state/state.js";
import { liveNotices, view } from "../../../display/state/view.js";
import { body, desired, MINUTE, notice, slide, T } from "../fakes.mjs";

const HELD = ["a", "b", "c", "f", "n-bao"].map((hash) => body(hash));

function state(more, bodies = HELD) {
  const known = reduce(EMPTY, { type: "state", state: desired(more) });
  return reduce(known, { type: "slides", slides: bodies });
}

test("the lap: the current slide, its end, the next slide, the position", () => {
  const seen = view(state(), T + 10_000);
  assert.equal(seen.kind, "slide");
  assert.deepEqual([seen.hash, seen.until, seen.next, seen.limit], ["b", T + 20_000, "c", null]);
  assert.deepEqual(seen.place, {
    position: 2,
    count: 3,
    next: "Tin c",
    coming: ["Tin c", "Tin a"],
    start: T + 10_000,
    until: T + 20_000,
  });
});

test("the next title is another story, not the next page of this one", () => {
  const pages = [slide("a"), { ...slide("b"), title: "Tin a" }, slide("c")];
  const more = { lap: { number: 1, start: T, slides: pages, filler: null, safe: null } };
  assert.equal(pages[0].title, "Tin a");
  assert.equal(view(state(more), T).place?.next, "Tin c");
  const alone = { lap: { number: 1, start: T, slides: [slide("a")], filler: null, safe: null } };
  assert.equal(view(state(alone), T).place?.next, "Tin a");
});

test("a theme of certain days holds from their first midnight to their last, in the board's zone", () => {
  const themes = [{ theme: "mourning", first: "2026-11-23", last: "2026-11-24" }];
  const board = { theme: "province", zone: "Asia/Ho_Chi_Minh", themes };
  const midnight = Date.UTC(2026, 10, 22, 17);
  assert.equal(themeOf(board, midnight - 1), "province");
  assert.equal(themeOf(board, midnight), "mourning");
  assert.equal(themeOf(board, midnight + 48 * 60 * MINUTE - 1), "mourning");
  assert.equal(themeOf(board, midnight + 48 * 60 * MINUTE), "province");
  assert.equal(themeOf({ theme: "commune", zone: "UTC" }, midnight), "commune");
});

test("a new slide is announced at once, even where the successor is fixed", () => {
  const lap = { number: 2, start: T, slides: ["a", "b", "x", "c"].map((hash) => slide(hash)) };
  const known = state();
  const told = reduce(known, { type: "state", state: desired({ revision: 2, lap }) });
  assert.deepEqual(told.fresh, ["x"]);
  assert.equal(view(told, T + 7_000).place?.next, "Tin b");
  assert.equal(view(told, T + 8_500).place?.next, "Tin x");
  assert.equal(view(told, T + 10_500).place?.next, "Tin x");
  const again = reduce(told, { type: "state", state: desired({ revision: 3, lap }) });
  assert.deepEqual(again.fresh, ["x"]);
  const later = reduce(again, { type: "state", state: desired({ revision: 4, lap: { ...lap, number: 3 } }) });
  assert.deepEqual(later.fresh, []);
  assert.equal(view(later, T + 8_500).place?.next, "Tin b");
});

test("only slides that can air are counted", () => {
  const slides = [slide("a"), slide("b", 10_000, [[T + MINUTE, null]]), slide("c")];
  assert.deepEqual(view(state({ lap: { slides } }), T + 10_000).place.count, 2);
  assert.deepEqual(view(state({ lap: { slides } }), T + 10_000).place.position, 2);
});

test("precedence is safe, urgent, dark, hours, lap", () => {
  const notices = [notice("bao")];
  const closed = [["05:30", "06:00"]];
  const kind = (mode, hours, notices) => view(state({ board: { mode, hours }, notices }), T).kind;
  assert.equal(kind("safe", closed, notices), "safe");
  assert.equal(kind("dark", closed, notices), "urgent");
  assert.equal(kind("on", closed, notices), "urgent");
  assert.equal(kind("dark", closed, []), "dark");
  assert.equal(kind("on", closed, []), "off");
  assert.equal(kind("on", [["05:30", "22:00"]], []), "slide");
});

test("under an urgent notice the lap's clock runs on", () => {
  const seen = view(state({ notices: [notice("bao")] }), T + 20_000);
  assert.equal(seen.kind, "urgent");
  assert.equal(seen.below.hash, "c");
});

test("a notice ends to the millisecond, without any message", () => {
  const one = state({ notices: [notice("bao", { until: T + 5_000 })] });
  assert.equal(view(one, T + 4_999).kind, "urgent");
  assert.equal(view(one, T + 4_999).until, T + 5_000);
  assert.equal(view(one, T + 5_000).kind, "slide");
});

test("urgent notices alternate by server time: real before exercise, higher risk, later issue", () => {
  const made = [
    notice("x", { risk: 2 }),
    notice("y", { risk: 4 }),
    notice("z", { risk: 2, issued: T + 1 }),
    notice("drill", { risk: 5, exercise: true }),
  ];
  const one = state({ notices: made.map((n) => ({ ...n, until: T + 30 * MINUTE })) });
  // The newest has the first turn; then the order goes on after it.
  const at = (ms) => view(one, T + 1 + ms);
  const shown = [0, 11_999, 12_000, 24_000, 36_000, 48_000, 60_000].map((ms) => at(ms).notice.id);
  assert.deepEqual(shown, ["z", "z", "x", "drill", "y", "z", "x"]);
  assert.deepEqual(at(0).among, { position: 2, count: 4 });
  assert.deepEqual(at(36_000).among, { position: 1, count: 4 });
});

test("Python and the screen agree on the order of notices", () => {
  const golden = new URL("../../golden/notice_order.json", import.meta.url);
  const { notices, order } = JSON.parse(readFileSync(golden, "utf8"));
  const found = liveNotices(state({ notices }), notices[0].issued, "urgent");
  assert.deepEqual(
    found.map(({ id }) => id),
    order,
  );
});

test("a second urgent notice is shown at once for a whole turn, on every screen alike", () => {
  const first = notice("first", { risk: 5, until: T + 30 * MINUTE });
  const second = notice("second", { risk: 1, issued: T + 5_000, turn: 18_000, until: T + 30 * MINUTE });
  const alone = state({ notices: [first] });
  assert.equal(view(alone, T + 5_000).notice.id, "first");
  assert.deepEqual(view(alone, T + 5_000).among, { position: 1, count: 1 });
  const both = state({ notices: [first, second] });
  assert.equal(view(both, T + 5_000).notice.id, "second");
  assert.equal(view(both, T + 22_999).notice.id, "second");
  assert.equal(view(both, T + 23_000).notice.id, "first");
  assert.equal(view(both, T + 34_999).notice.id, "first");
  assert.equal(view(both, T + 35_000).notice.id, "second");
  assert.equal(view(both, T + 53_000).notice.id, "first");
  // The same whatever order the notices came in: after a restart, or on a screen that was away.
  const restarted = state({ notices: [second, first] });
  for (let ms = 5_000; ms < 120_000; ms += 500)
    assert.equal(view(restarted, T + ms).notice.id, view(both, T + ms).notice.id);
});

test("a server that sends no turn gets the shortest", () => {
  const made = [notice("a"), notice("b", { issued: T + 1 })].map(({ turn, ...rest }) => rest);
  const one = state({ notices: made });
  assert.equal(view(one, T + 1 + 11_999).notice.id, "b");
  assert.equal(view(one, T + 1 + 12_000).notice.id, "a");
});

test("a priority notice is a banner over the lap", () => {
  const seen = view(state({ notices: [notice("loc", { level: "priority" })] }), T);
  assert.equal(seen.kind, "slide");
  assert.equal(seen.banner.id, "loc");
  assert.equal(view(state({ notices: [notice("loc", { level: "priority", until: T })] }), T).banner, null);
});

test("a slide's window closes to the second", () => {
  const slides = [slide("a", 10_000, [[0, T + 20_000]])];
  const one = state({ lap: { slides } });
  assert.equal(view(one, T + 19_999).hash, "a");
  assert.equal(view(one, T + 20_000).kind, "filler");
});

test("a missing body keeps the current slide and is named", () => {
  const one = state({}, [body("a"), body("f")]);
  const shown = { hash: "a", until: T + 10_000, limit: null };
  const seen = view(one, T + 10_000, { shown });
  assert.deepEqual([seen.kind, seen.missing, seen.until], ["keep", "b", T + 20_000]);
  assert.equal(view(one, T + 10_000).kind, "filler");
});

test("a slide is not kept after its window, nor after its withdrawal", () => {
  const one = state({}, [body("a"), body("f")]);
  const ended = { hash: "a", until: T + 10_000, limit: T + 15_000 };
  assert.equal(view(one, T + 14_999, { shown: ended }).kind, "keep");
  assert.equal(view(one, T + 14_999, { shown: ended }).until, T + 15_000);
  assert.equal(view(one, T + 15_000, { shown: ended }).kind, "filler");
  const withdrawn = { hash: "x", until: T + 10_000, limit: null };
  assert.equal(view(one, T + 10_000, { shown: withdrawn }).kind, "filler");
});

test("before a new lap begins, the running slide runs to its end", () => {
  const one = state({ lap: { start: T + 5_000 } });
  const shown = { hash: "old", until: T + 5_000, limit: null };
  const seen = view(one, T + 4_999, { shown });
  assert.deepEqual([seen.kind, seen.until], ["keep", T + 5_000]);
  assert.equal(view(one, T + 5_000, { shown }).hash, "a");
});

test("a pause keeps the slide, but not after its window, and not over a notice", () => {
  const shown = { hash: "a", until: T + 10_000, limit: T + 30_000 };
  const held = (now, more) => view(state(more), now, { shown, paused: true }).kind;
  assert.equal(held(T + 12_000), "keep");
  assert.equal(held(T + 30_000), "slide");
  assert.equal(held(T + 12_000, { notices: [notice("bao")] }), "urgent");
});

test("on an untrusted clock only slides without time limit are shown", () => {
  const slides = [
    slide("a", 10_000, [[0, T + 86_400_000]]),
    slide("b"),
    slide("c", 10_000, [[T + 3_600_000, null]]),
  ];
  const one = state({ lap: { slides }, notices: [notice("bao"), notice("loc", { level: "priority" })] });
  for (const ms of [0, 10_000, 25_000]) {
    const seen = view(one, T + ms, { trusted: false });
    assert.deepEqual([seen.kind, seen.hash, seen.banner], ["slide", "b", null]);
  }
  const limited = state({ lap: { slides: slides.slice(0, 1) } });
  assert.deepEqual(
    [view(limited, T, { trusted: false })].map(({ kind, hash }) => [kind, hash]),
    [["filler", "f"]],
  );
});

test("without a state nothing is changed", () => {
  assert.equal(view(EMPTY, T).kind, "keep");
});

test("hours are wall time of the board's zone, over midnight too", () => {
  const zone = "Asia/Ho_Chi_Minh";
  const at = (hour, minute = 0, second = 0) => Date.UTC(2026, 10, 22, hour - 7, minute, second);
  assert.equal(wallTime(at(0), zone).time, "00:00");
  const night = [["22:00", "05:30"]];
  assert.deepEqual(
    [21, 22, 24, 29].map((hour) => isOn(night, at(hour), zone)),
    [false, true, true, true],
  );
  assert.equal(isOn(night, at(29, 29, 59), zone), true);
  assert.equal(isOn(night, at(29, 30), zone), false);
  assert.equal(isOn([["00:00", "00:00"]], at(13), zone), true);
  assert.equal(isOn([], at(13), zone), true);
});

const TURNS = JSON.parse(readFileSync(new URL("../../golden/turns.json", import.meta.url), "utf8"));

test("Python and the screen agree on what covers the glass and on the banner, at every instant", () => {
  for (const { state: sent, cases } of TURNS) {
    const known = reduce(EMPTY, { type: "state", state: sent });
    const held = reduce(known, { type: "slides", slides: sent.lap.slides.map(({ hash }) => body(hash)) });
    for (const [now, covering, banner] of cases) {
      const seen = view(held, now);
      assert.equal(seen.kind === "urgent" ? seen.notice.id : null, covering);
      const below = seen.kind === "urgent" ? seen.below : seen;
      assert.equal(below.banner?.id ?? null, banner);
    }
  }
});

/** A lap in which the alert "n-bao" takes every second slide from `holds_until` on, as the server composes it. */
function shared({ until = T + 30 * MINUTE, holds = T + MINUTE } = {}) {
  const own = { ...slide("n-bao", 12_000, [[holds, until]]), notice: "bao" };
  const slides = ["a", "b", "c"].flatMap((hash) => [slide(hash), own]);
  return { lap: { slides }, notices: [notice("bao", { holds_until: holds, until, turn: 12_000 })] };
}

test("an alert that held the glass leaves it at the end of the slide under it, then takes every second slide", () => {
  const one = state(shared());
  const at = (seconds) => view(one, T + seconds * 1_000);
  assert.equal(at(59).kind, "urgent");
  // The slide of the 60th second has been covered in part: it is not shown in halves.
  const first = seenFrom(one);
  assert.deepEqual(first.slice(0, 6), ["bao", "a", "bao", "b", "bao", "c"]);
  const slideOne = view(one, first.starts[1]);
  assert.deepEqual([slideOne.kind, slideOne.banner.id], ["slide", "bao"]);
  assert.equal(slideOne.place.next, "Tin b");
  assert.equal(slideOne.place.count, 3);
});

/** What is seen from T on, one entry a change, with the instants of the changes in `starts`. */
function seenFrom(one, seconds = 300) {
  const found = Object.assign([], { starts: [] });
  for (let ms = 0; ms < seconds * 1_000; ms += 250) {
    const seen = view(one, T + ms);
    const name = seen.kind === "urgent" ? seen.notice.id : seen.hash;
    if (name === found.at(-1)) continue;
    found.push(name);
    found.starts.push(T + ms);
  }
  return found;
}

test("every turn after the hold is whole, and so is every slide between", () => {
  const { starts } = seenFrom(state(shared()));
  const lengths = starts.slice(1).map((start, i) => start - starts[i]);
  assert.deepEqual(lengths.slice(1, 7), [10_000, 12_000, 10_000, 12_000, 10_000, 12_000]);
});

test("an alert that the lap does not have yet holds on: it would not be seen otherwise", () => {
  const alone = { notices: [notice("bao", { holds_until: T + MINUTE })] };
  assert.equal(view(state(alone), T + 2 * MINUTE).kind, "urgent");
});

test("an alert that was cleared is not shown although its turn in the lap has come", () => {
  const one = state(shared({ holds: T }));
  const begun = seenFrom(one).starts[seenFrom(one).indexOf("bao", 1)];
  assert.equal(view(one, begun).kind, "urgent");
  const cleared = reduce(one, { type: "clear", message: { epoch: "e1", revision: 2, id: "bao" } });
  const seen = view(cleared, begun + 1);
  assert.equal(seen.kind, "filler");
  const shown = { hash: "a", until: begun, limit: null };
  assert.equal(view(cleared, begun + 1, { shown }).kind, "keep");
});

test("a priority notice that was cleared leaves the stage before the new lap comes", () => {
  const slides = [{ ...slide("n-bao", 12_000, [[0, T + 30 * MINUTE]]), notice: "bao" }, slide("a")];
  const one = state({ lap: { slides }, notices: [notice("bao", { level: "priority" })] });
  assert.equal(view(one, T).hash, "n-bao");
  const cleared = reduce(one, { type: "clear", message: { epoch: "e1", revision: 2, id: "bao" } });
  const shown = { hash: "n-bao", until: T + 12_000, limit: null };
  assert.deepEqual(
    [view(cleared, T, { shown })].map(({ kind, hash }) => [kind, hash]),
    [["filler", "f"]],
  );
});

test("a notice of level normal is a slide of the lap, without a banner", () => {
  const slides = [{ ...slide("n-bao", 12_000, [[0, T + 30 * MINUTE]]), notice: "bao" }, slide("a")];
  const seen = view(state({ lap: { slides }, notices: [notice("bao", { level: "normal" })] }), T);
  assert.deepEqual([seen.kind, seen.hash, seen.banner], ["slide", "n-bao", null]);
});

test("in dark mode a released alert covers the glass in its turns, and the glass is dark between", () => {
  const { lap, notices } = shared({ holds: T });
  const one = state({ lap, notices, board: { mode: "dark" } });
  const { starts } = seenFrom(state({ lap, notices }));
  assert.equal(view(one, starts[0]).kind, "dark");
  assert.equal(view(one, starts[1]).kind, "urgent");
});
