/** When the numbers of a hall are shown: while they are fresh and the server is heard, under what takes precedence. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, reduce, restored } from "../../../display/state/state.js";
import { view, WITHOUT_CONTACT } from "../../../display/state/view.js";
import { body, desired, MINUTE, notice, serving, slide, T } from "../fakes.mjs";

const NUMBERS = serving(1, { 1: "105" });
const BODIES = ["a", "hall", "f"].map((hash) => body(hash));
const PLACE = { ...slide("hall"), serving: true };
const LAP = { number: 1, start: T, slides: [slide("a"), PLACE], filler: "f" };

function state(numbers, more = {}) {
  const base = reduce(EMPTY, {
    type: "state",
    state: { ...desired({ lap: LAP, ...more }), serving: numbers },
  });
  return reduce(base, { type: "slides", slides: BODIES });
}
const shown = (numbers, now, more = {}, options = {}) => {
  const { kind, hash } = view(state(numbers, more), now, options);
  return hash ?? kind;
};

test("in the lap they take their turn, and only that", () => {
  assert.equal(shown(NUMBERS, T), "a");
  assert.equal(shown(NUMBERS, T + 10_000), "hall");
});

test("always: they are shown instead of the lap", () => {
  const numbers = { ...NUMBERS, always: true };
  assert.equal(shown(numbers, T), "hall");
  assert.equal(shown(numbers, T + 10_000), "hall");
});

test("without numbers, with old ones, or without contact their place in the lap is passed over", () => {
  const seen = { shown: { hash: "a", until: T + 10_000, limit: null } };
  for (const [numbers, options] of [
    [null, {}],
    [{ ...NUMBERS, until: T + 10_000 }, {}],
    [NUMBERS, { heard: T + 10_000 - WITHOUT_CONTACT }],
    [NUMBERS, { heard: null }],
    [NUMBERS, { trusted: false }],
  ]) {
    assert.notEqual(shown(numbers, T + 10_000, {}, options), "hall");
    assert.equal(view(state(numbers), T + 10_000, { ...options, ...seen }).kind, "keep");
  }
  assert.equal(shown(NUMBERS, T + 10_000, {}, { heard: T + 10_001 - WITHOUT_CONTACT }), "hall");
});

test("numbers that are always shown leave to the second", () => {
  const numbers = { ...NUMBERS, always: true, until: T + MINUTE };
  assert.equal(shown(numbers, T + MINUTE - 1), "hall");
  assert.equal(shown(numbers, T + MINUTE), "a");
  assert.equal(shown(numbers, T + 20_000, {}, { heard: T + 20_000 - WITHOUT_CONTACT }), "a");
});

test("safe, urgent, dark and hours come first, a priority notice is the banner", () => {
  const numbers = { ...NUMBERS, always: true };
  const { board } = desired();
  assert.equal(shown(numbers, T, { board: { ...board, mode: "safe" } }), "safe");
  assert.equal(shown(numbers, T, { board: { ...board, mode: "dark" } }), "dark");
  assert.equal(shown(numbers, T, { board: { ...board, hours: [["08:00", "09:00"]] } }), "off");
  const urgent = view(state(numbers, { notices: [notice("bao")] }), T);
  assert.deepEqual([urgent.kind, urgent.below.hash], ["urgent", "hall"]);
  const priority = view(state(numbers, { notices: [notice("cau", { level: "priority" })] }), T);
  assert.deepEqual([priority.hash, priority.banner.id], ["hall", "cau"]);
});

test("each message replaces the numbers without a new revision; those of another store do not count", () => {
  const before = state(NUMBERS);
  const { epoch } = before.base;
  const next = serving(2, { 1: "106" });
  const told = reduce(before, { type: "serving", message: { epoch, serving: next } });
  assert.equal(told.serving.version, 2);
  assert.equal(told.base.revision, before.base.revision);
  assert.equal(reduce(before, { type: "serving", message: { epoch: "other", serving: next } }), before);
  assert.equal(reduce(told, { type: "serving", message: { epoch, serving: null } }).serving, null);
  // The second road repeats the state with the same revision.
  const polled = reduce(before, { type: "state", state: { ...before.base, serving: next } });
  assert.equal(polled.serving.version, 2);
});

test("numbers of an earlier page load are not shown again", () => {
  const { base, bodies } = state({ ...NUMBERS, always: true });
  assert.equal(restored(EMPTY, { base, patches: [], bodies }).serving, null);
});
