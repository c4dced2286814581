/** The numbers of a hall are put into their slide in place, marked while they are new, and announced by two tones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createChime } from "../../../display/device/chime.js";
import { createCounters, MARKED } from "../../../display/stage/counters.js";
import { serving, T } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

function cast({ covered = false } = {}) {
  const page = fakePage();
  const [layer] = page.layers();
  let chimes = 0;
  const counters = createCounters({
    parse: page.parse,
    chime: () => {
      chimes += 1;
    },
    covered: () => covered,
  });
  const show = (one, now = T, { shown = true, begun = T } = {}) => {
    counters.compare(one, now);
    counters.show(shown ? layer : null, one, now, begun);
  };
  const marked = () => [...layer.querySelectorAll("[data-changed]")].map(({ dataset }) => dataset.counter);
  return { layer, show, marked, chimes: () => chimes };
}

test("the first numbers are not new; a row whose number changes is marked for some seconds", () => {
  const { layer, show, marked } = cast();
  show(serving(1, { 1: "105", 2: "31" }));
  assert.deepEqual(marked(), []);
  show(serving(2, { 1: "106", 2: "31" }), T + 1_000);
  assert.equal(layer.querySelector('[data-counter="1"]').textContent, "106");
  assert.deepEqual(marked(), ["1"]);
  show(serving(3, { 1: "106", 2: "" }), T + 2_000);
  assert.deepEqual(marked(), ["1"]);
  show(serving(3, { 1: "106", 2: "" }), T + 1_000 + MARKED);
  assert.deepEqual(marked(), []);
});

test("a report without a change leaves the page as it is", () => {
  const { layer, show } = cast();
  show(serving(1, { 1: "105" }));
  const row = layer.querySelector("[data-counter]");
  show(serving(2, { 1: "105" }), T + 1_000);
  assert.equal(layer.querySelector("[data-counter]"), row);
});

test("a new number sounds once, only where the board wants it and people see it", () => {
  const { show, chimes } = cast();
  show(serving(1, { 1: "105" }));
  show(serving(1, { 1: "105" }), T + 500);
  assert.equal(chimes(), 0);
  show(serving(2, { 1: "106" }), T + 1_000);
  show(serving(2, { 1: "106" }), T + 2_000);
  assert.equal(chimes(), 1);
  show(serving(3, { 1: "" }), T + 3_000);
  show(serving(4, { 1: "107" }, { chime: false }), T + 4_000);
  show(serving(5, { 1: "108" }), T + 5_000, { shown: false });
  show(serving(5, { 1: "108" }), T + 6_000);
  assert.equal(chimes(), 1);
});

test("nothing sounds under what covers the slide", () => {
  const { show, chimes } = cast({ covered: true });
  show(serving(1, { 1: "105" }));
  show(serving(2, { 1: "106" }), T + 1_000);
  assert.equal(chimes(), 0);
});

test("pages follow each other from the begin of the turn, whatever changes meanwhile", () => {
  const { layer, show } = cast();
  const html = '<i data-page data-on></i><i data-page><b data-counter="1">7</b></i>';
  const on = () => [...layer.querySelectorAll("[data-page]")].map((one) => one.hasAttribute("data-on"));
  show({ ...serving(1, { 1: "7" }), html }, T + 5_999);
  assert.deepEqual(on(), [true, false]);
  show({ ...serving(2, { 1: "7" }), html: `${html} ` }, T + 6_000);
  assert.deepEqual(on(), [false, true]);
  show({ ...serving(2, { 1: "7" }), html: `${html} ` }, T + 12_000);
  assert.deepEqual(on(), [true, false]);
});

/** What a browser's AudioContext is asked for. */
function fakeAudio(state) {
  const heard = [];
  const node = () => ({
    frequency: {},
    gain: { setValueAtTime() {}, exponentialRampToValueAtTime: (to) => heard.push(["volume", to]) },
    connect: (next) => next,
    start: (at) => heard.push(["start", at]),
    stop: () => {},
  });
  const context = {
    state,
    currentTime: 1,
    destination: {},
    resumed: 0,
    createOscillator: node,
    createGain: node,
    resume: async () => {
      context.resumed += 1;
    },
  };
  return { context, heard };
}

test("two tones of modest volume follow each other, of one context however often", () => {
  const { context, heard } = fakeAudio("running");
  let made = 0;
  const create = () => {
    made += 1;
    return context;
  };
  const chime = createChime({ create, onRefused: () => assert.fail("not refused") });
  chime();
  chime();
  assert.equal(made, 1);
  const starts = heard.filter(([what]) => what === "start").map(([, at]) => at);
  assert.equal(starts.length, 4);
  assert.ok(starts[1] > starts[0]);
  assert.ok(heard.every(([what, value]) => what !== "volume" || value <= 0.15));
});

test("where the browser allows no sound yet, nothing is kept for later, and the fault is noted", () => {
  const { context, heard } = fakeAudio("suspended");
  let refused = 0;
  const onRefused = () => {
    refused += 1;
  };
  createChime({ create: () => context, onRefused })();
  assert.deepEqual([refused, context.resumed, heard], [1, 1, []]);
  const none = () => {
    throw new Error("no audio device");
  };
  createChime({ create: none, onRefused })();
  assert.equal(refused, 2);
});
