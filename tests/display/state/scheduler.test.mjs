/** From a message to what is shown, with a fake time and a page without a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../../display/link/clock.js";
import { createCounters } from "../../../display/stage/counters.js";
import { createOverlay } from "../../../display/stage/overlay.js";
import { createScheduler } from "../../../display/state/scheduler.js";
import { createStage } from "../../../display/stage/stage.js";
import { EMPTY, reduce } from "../../../display/state/state.js";
import { createViewer } from "../../../display/stage/viewer.js";
import { body, desired, fakeTime, MINUTE, notice, slide, T } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

const BODIES = ["a", "b", "c", "f"].map((hash) => body(hash));

function cast({ more = {}, bodies = BODIES, start = T, known = null, broken = (stage) => stage } = {}) {
  const time = fakeTime(start);
  const page = fakePage();
  const flips = [];
  const seen = {
    state: EMPTY,
    shown: [],
    kept: [],
    stuck: [],
    boundaries: 0,
    last: null,
    chimes: 0,
    heard: null,
  };
  const clock = createClock({ local: time.local, known });
  const shared = { timers: time.timers, parse: page.parse, now: clock.now, flips };
  const stage = createStage({ main: page.main, ...shared });
  const overlay = createOverlay({
    document: page.document,
    ...shared,
    onShown: ({ id }) => seen.shown.push(id),
  });
  const counters = createCounters({
    parse: page.parse,
    chime: () => {
      seen.chimes += 1;
    },
    covered: () => seen.last?.kind === "urgent",
  });
  const scheduler = createScheduler({
    state: () => seen.state,
    clock,
    local: time.local,
    stage: broken(stage),
    overlay,
    counters,
    heard: () => seen.heard ?? clock.now(),
    timers: time.timers,
    hidden: () => false,
    render: (view) => {
      seen.last = view;
    },
    onBoundary: () => {
      seen.boundaries += 1;
    },
    onKept: (hash) => seen.kept.push(hash),
    onStuck: (times) => seen.stuck.push(times),
  });
  const tell = (event) => {
    seen.state = reduce(seen.state, event);
    scheduler.update();
  };
  seen.state = reduce(seen.state, { type: "state", state: desired(more) });
  seen.state = reduce(seen.state, { type: "slides", slides: bodies });
  scheduler.start();
  const post = (revision, one, html = `<h1>${one.title}</h1>`) =>
    tell({ type: "notice", message: { epoch: "e1", revision, notice: one, html, media: [] } });
  const covered = () => page.document.querySelector("[data-notice]")?.dataset.notice ?? null;
  return { time, page, flips, seen, clock, scheduler, tell, post, covered, real: stage };
}

test("slides flip at their instant, none early, none later than two frames", async () => {
  const { time, page, flips } = cast();
  await time.advance(9_999);
  assert.equal(page.visible(), "a");
  await time.advance(40);
  assert.equal(page.visible(), "b");
  await time.advance(5 * MINUTE);
  assert.equal(flips.length, 32);
  for (const { at, painted } of flips.slice(1))
    assert.ok(painted >= at && painted <= at + 34, `${painted - at}`);
});

test("an urgent notice is shown before anything else, with a receipt after the paint", async () => {
  const { time, page, post, covered, seen } = cast();
  post(2, notice("bao"));
  assert.equal(covered(), "bao");
  assert.equal(page.get("notices").hidden, false);
  assert.equal(page.main.inert, true);
  assert.deepEqual(seen.shown, []);
  await time.advance(50);
  assert.deepEqual(seen.shown, ["bao"]);
});

test("a notice ends to the second, and the lap goes on as if it had not been", async () => {
  const { time, page, post, covered } = cast();
  await time.advance(3_000);
  post(2, notice("bao", { until: T + 25_000 }));
  await time.advance(21_990);
  assert.equal(covered(), "bao");
  await time.advance(60);
  assert.equal(covered(), null);
  assert.equal(page.get("notices").hidden, true);
  assert.equal(page.main.inert, false);
  assert.equal(page.visible(), "c");
});

test("a cleared notice is removed at once", async () => {
  const { post, tell, covered } = cast();
  post(2, notice("bao"));
  tell({ type: "clear", message: { epoch: "e1", revision: 3, id: "bao" } });
  assert.equal(covered(), null);
});

test("an urgent notice without a body is shown by its title", () => {
  const { page, tell, covered } = cast();
  tell({ type: "state", state: desired({ revision: 2, notices: [notice("bao", { exercise: true })] }) });
  assert.equal(covered(), "bao");
  assert.match(page.get("notices").textContent, /Tin khẩn bao/);
  assert.match(page.get("notices").textContent, /DIỄN TẬP.*14:35 ngày 22\/11\/2026/);
  tell({ type: "slides", slides: [{ hash: "n-bao", html: "<h1>Sơ tán</h1>", media: [] }] });
  assert.equal(page.get("notices").textContent, "Sơ tán");
});

test("a priority notice is a banner until it ends", async () => {
  const { time, page, tell, seen } = cast();
  const loc = notice("loc", { level: "priority", title: "Cắt điện chiều nay", until: T + 15_000 });
  tell({ type: "state", state: desired({ revision: 2, notices: [loc] }) });
  await time.advance(14_000);
  assert.equal(page.get("banner").hidden, false);
  assert.equal(page.get("banner-text").textContent, "Cắt điện chiều nay");
  assert.deepEqual(seen.shown, ["loc"]);
  await time.advance(1_050);
  assert.equal(page.get("banner").hidden, true);
});

test("the banner of an all-clear says once that a danger is over", async () => {
  const { page, tell } = cast();
  const over = notice("het", {
    level: "priority",
    calm: true,
    exercise: true,
    title: "Đã hết hiệu lực: Bão số 3",
  });
  tell({ type: "state", state: desired({ revision: 2, notices: [over] }) });
  assert.equal(page.get("banner").dataset.look, "calm");
  assert.equal(page.get("banner-label").textContent, "Hết cảnh báo");
  assert.equal(page.get("banner-text").textContent, "DIỄN TẬP: Bão số 3");
});

test("safe, dark and closed hours remove the slides; safe shows the board's name", async () => {
  for (const [board, kind, text] of [
    [{ mode: "safe" }, "safe", "Ủy ban nhân dân xã Minh Tân"],
    [{ mode: "dark" }, "dark", ""],
    [{ hours: [["05:30", "06:00"]] }, "off", ""],
  ]) {
    const { page, tell } = cast();
    assert.equal(page.visible(), "a");
    tell({ type: "state", state: desired({ revision: 2, board }) });
    assert.equal(page.visible(), null);
    assert.equal(page.main.textContent.trim(), "");
    assert.deepEqual([page.get("curtain").hidden, page.get("curtain").dataset.kind], [false, kind]);
    assert.equal(page.get("curtain").textContent, text);
    tell({ type: "state", state: desired({ revision: 3 }) });
    assert.equal(page.visible(), "a");
    assert.equal(page.get("curtain").hidden, true);
  }
});

test("closed hours begin at the second, and an urgent notice ends them", async () => {
  const { time, page, post, covered } = cast({ more: { board: { hours: [["05:30", "14:06"]] } } });
  await time.advance(59_990);
  assert.equal(page.get("curtain").hidden, true);
  await time.advance(20);
  assert.equal(page.get("curtain").dataset.kind, "off");
  post(2, notice("bao"));
  assert.equal(covered(), "bao");
  assert.equal(page.get("curtain").hidden, true);
});

test("a missing body keeps the slide, is counted once, and is shown when it comes", async () => {
  const { time, page, tell, seen } = cast({ bodies: [body("a"), body("f")] });
  await time.advance(12_000);
  assert.equal(page.visible(), "a");
  assert.deepEqual(seen.kept, ["b"]);
  tell({ type: "slides", slides: [body("b")] });
  assert.equal(page.visible(), "b");
});

test("a day without a server: the lap continues and ended slides disappear", async () => {
  const slides = [slide("a", 10_000, [[0, T + 3_600_000]]), slide("b")];
  const { time, page } = cast({ more: { lap: { slides } } });
  await time.advance(3_599_000);
  assert.ok(["a", "b"].includes(page.visible()));
  for (let i = 0; i < 30; i += 1) {
    await time.advance(1_000);
    if (i > 0) assert.equal(page.visible(), "b");
  }
});

test("a cold start on a device that is a day behind shows only what has no time limit", async () => {
  const slides = [slide("a", 10_000, [[0, T + 3_600_000]]), slide("b")];
  const known = { server: T, offset: 0 };
  const { time, page, post, covered, clock } = cast({
    more: { lap: { slides } },
    start: T - 86_400_000,
    known,
  });
  post(2, notice("bao"));
  for (let i = 0; i < 25; i += 1) {
    await time.advance(1_000);
    assert.equal(page.visible(), "b");
    assert.equal(covered(), null);
  }
  const t0 = time.local();
  clock.sample(t0, t0 + 86_400_000, t0 + 86_400_000, t0);
  await time.advance(1_000);
  assert.equal(covered(), "bao");
});

test("a large clock correction is applied between slides", async () => {
  const { time, page, clock } = cast({ more: { lap: { slides: [slide("a"), slide("b"), slide("c")] } } });
  const trip = (ahead) =>
    clock.sample(time.local(), time.local() + ahead, time.local() + ahead, time.local());
  trip(0);
  await time.advance(1_000);
  trip(12_000);
  await time.advance(8_900);
  assert.equal(page.visible(), "a");
  await time.advance(150);
  assert.equal(page.visible(), "c");
});

test("pause keeps this viewer's slide, the list has the titles, a notice still shows", async () => {
  const { time, page, scheduler, post, covered } = cast();
  createViewer({ document: page.document, pause: scheduler.pause, titles: () => ["Tin a", "Tin b"] });
  page.get("pause").click();
  assert.equal(page.get("pause").getAttribute("aria-pressed"), "true");
  await time.advance(MINUTE);
  assert.equal(page.visible(), "a");
  post(2, notice("bao"));
  assert.equal(covered(), "bao");
  page.get("pause").click();
  assert.equal(page.get("pause").textContent, "Tạm dừng");
  assert.equal(page.visible(), "a");
  await time.advance(10_050);
  assert.equal(page.visible(), "b");
  page.get("list").click();
  assert.deepEqual(
    [...page.get("titles").querySelectorAll("li")].map((li) => li.textContent),
    ["Tin a", "Tin b"],
  );
});

test("an urgent notice closes the list that a reader has open", () => {
  const { page, scheduler, post } = cast();
  createViewer({ document: page.document, pause: scheduler.pause, titles: () => ["Tin a"] });
  page.get("list").click();
  assert.equal(page.get("titles").open, true);
  post(2, notice("bao"));
  assert.equal(page.get("titles").open, false);
});

test("the watchdog redraws after 15 s without the due slide, and counts how often in a row", async () => {
  const { time, page, seen, real } = cast({ broken: (stage) => ({ ...stage, show: async () => undefined }) });
  await time.advance(15_000);
  assert.deepEqual([page.visible(), seen.stuck], [null, []]);
  await time.advance(5_000);
  assert.deepEqual(seen.stuck, [1]);
  await time.advance(20_000);
  assert.deepEqual(seen.stuck, [1, 2]);
  await real.show(seen.state.bodies[seen.last.hash], T);
  assert.equal(page.visible(), seen.last.hash);
});

test("an exception while drawing does not stop the clock", async () => {
  const { time, page, seen } = cast();
  await time.advance(1_500);
  const { base } = seen.state;
  seen.state = {
    ...seen.state,
    base: { ...base, board: { ...base.board, hours: [["00:00", "24:00"]], zone: "No/Where" } },
  };
  await assert.rejects(time.advance(1_000), RangeError);
  seen.state = { ...seen.state, base };
  await time.advance(10_000);
  assert.equal(page.visible(), "b");
});

test("timers and nodes do not accumulate", async () => {
  const { time, page } = cast();
  await time.advance(5 * MINUTE);
  const [timers, nodes] = [time.pending(), page.document.querySelectorAll("*").length];
  await time.advance(30 * MINUTE);
  assert.equal(time.pending(), timers);
  assert.equal(page.document.querySelectorAll("*").length, nodes);
});
