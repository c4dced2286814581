/** The stage: always two layers, pictures decoded before the flip, a record of what was painted when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { overflows } from "../../../display/stage/fit.js";
import { createStage } from "../../../display/stage/stage.js";
import { createPolicy } from "../../../display/stage/trusted_types.js";
import { body, fakeTime, T } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

function cast({ onPainted } = {}) {
  const time = fakeTime();
  const page = fakePage();
  const flips = [];
  const faults = [];
  const decodes = [];
  page.window.HTMLImageElement.prototype.decode = () =>
    new Promise((resolve, reject) => decodes.push({ resolve, reject }));
  const stage = createStage({
    main: page.main,
    timers: time.timers,
    parse: page.parse,
    now: time.local,
    flips,
    onPainted,
    onFault: (what) => faults.push(what),
  });
  return { time, page, stage, flips, faults, decodes };
}

const picture = (hash) => ({
  hash,
  html: `<h1>${hash}</h1><img src="/glass/media/x">`,
  media: ["/glass/media/x"],
});

test("a slide without pictures is shown at once, and its paint is recorded", async () => {
  const { time, page, stage, flips } = cast();
  void stage.show(body("a"), T);
  assert.equal(page.visible(), "a");
  await time.advance(50);
  assert.deepEqual(
    flips.map(({ hash, at }) => [hash, at]),
    [["a", T]],
  );
  assert.ok(flips[0].painted > T && flips[0].painted <= T + 32);
});

test("one visible layer, one hidden, never more, however many slides", async () => {
  const { time, page, stage, flips } = cast();
  for (let i = 0; i < 500; i += 1) {
    stage.ready(body(`${i}`));
    void stage.show(body(`${i}`), T);
    await time.advance(100);
  }
  assert.deepEqual(
    page
      .layers()
      .map((layer) => layer.getAttribute("aria-hidden"))
      .sort(),
    ["false", "true"],
  );
  assert.equal(page.main.querySelectorAll("*").length, 2 * 3);
  assert.equal(page.visible(), "499");
  assert.equal(flips.length, 300);
  assert.equal(time.pending(), 0);
});

test("a picture is decoded before the flip, and the slide before stays until then", async () => {
  const { time, page, stage, decodes } = cast();
  void stage.show(body("a"), T);
  void stage.show(picture("b"), T);
  await time.advance(100);
  assert.equal(page.visible(), "a");
  decodes[0].resolve();
  await time.advance(1);
  assert.equal(page.visible(), "b");
});

test("a prepared slide flips without waiting", async () => {
  const { time, page, stage, decodes } = cast();
  void stage.show(body("a"), T);
  stage.ready(picture("b"));
  decodes[0].resolve();
  await time.advance(1);
  assert.equal(page.visible(), "a");
  void stage.show(picture("b"), T);
  assert.equal(page.visible(), "b");
  assert.equal(decodes.length, 1);
});

test("a broken or endless picture does not hold its slide back", async () => {
  const { time, page, stage, decodes, faults } = cast();
  void stage.show(picture("a"), T);
  decodes[0].reject(new Error("no picture"));
  await time.advance(1);
  assert.equal(page.visible(), "a");
  assert.equal(page.document.querySelector("[aria-hidden=false] img").style.visibility, "hidden");
  void stage.show(picture("b"), T);
  await time.advance(2_999);
  assert.equal(page.visible(), "a");
  await time.advance(1);
  assert.equal(page.visible(), "b");
  assert.deepEqual(faults, ["picture broken", "picture late"]);
});

test("a slide overtaken while its picture was decoded is not shown any more", async () => {
  const { time, page, stage, decodes } = cast();
  void stage.show(body("a"), T);
  void stage.show(picture("b"), T);
  void stage.show(body("c"), T);
  decodes[0].resolve();
  await time.advance(10);
  assert.equal(page.visible(), "c");
});

test("clearing removes all text", () => {
  const { page, stage } = cast();
  void stage.show(body("a"), T);
  stage.clear();
  assert.equal(page.visible(), null);
  assert.equal(page.main.textContent.trim(), "");
  void stage.show(body("a"), T);
  assert.equal(page.visible(), "a");
});

test("the policy lets only the offline worker be a script", () => {
  const made = [];
  const policy = createPolicy({
    trustedTypes: {
      createPolicy: (name, rules) => {
        made.push(name);
        return rules;
      },
    },
  });
  assert.deepEqual(made, ["bangtin"]);
  assert.equal(policy.createScriptURL("/offline.js?build=b1"), "/offline.js?build=b1");
  for (const bad of ["https://evil.example/offline.js?build=1", "/offline.js?build=1&x=/", "/other.js"])
    assert.throws(() => policy.createScriptURL(bad), TypeError);
});

test("an overflow is found and measured", () => {
  const box = (left, top, right, bottom) => () => ({ left, top, right, bottom });
  const node = (name, sizes, at) => ({
    dataset: { fit: name },
    className: "",
    localName: "p",
    ...{ scrollHeight: 100, clientHeight: 100, scrollWidth: 100, clientWidth: 100, ...sizes },
    getBoundingClientRect: at,
  });
  const nodes = [
    node("title", { scrollHeight: 100.6 }, box(0, 0, 100, 100)),
    node("text", { scrollHeight: 131 }, box(0, 0, 100, 100)),
    node("acts", {}, box(10, 10, 1_000, 1_084.2)),
  ];
  const layer = { querySelectorAll: () => nodes, getBoundingClientRect: box(0, 0, 1_920, 1_080) };
  assert.deepEqual(overflows(layer, "h"), [
    { hash: "h", element: "text", by: 31 },
    { hash: "h", element: "acts", by: 5 },
  ]);
});

test("a slide that follows itself starts again at each turn, without a flip", async () => {
  const painted = [];
  const { time, page, stage, flips } = cast({ onPainted: (_, hash) => painted.push(hash) });
  for (const at of [T, T, T + 8_000, T + 8_000, T + 16_000]) {
    void stage.show(body("a"), at);
    await time.advance(100);
  }
  assert.equal(page.visible(), "a");
  assert.equal(flips.length, 1);
  assert.deepEqual(painted, ["a", "a", "a"]);
});
