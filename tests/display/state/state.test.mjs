/** The state: whatever is lost, doubled or late, the screen ends with the highest revision. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { digest, fnv1a64 } from "../../../display/state/digest.js";
import {
  disagrees,
  EMPTY,
  have,
  isGap,
  noticesOf,
  restored,
  reduce,
  revisionOf,
  wants,
} from "../../../display/state/state.js";
import { body, desired, notice, seeded, slide, T } from "../fakes.mjs";

const feed = (events, from = EMPTY) => events.reduce(reduce, from);
const whole = (more) => ({ type: "state", state: desired(more) });
const post = (revision, one, epoch = "e1") => ({
  type: "notice",
  message: { epoch, revision, notice: one, html: "<p>x</p>", media: [] },
});
const clear = (revision, id, epoch = "e1") => ({ type: "clear", message: { epoch, revision, id } });
const ids = (state) =>
  noticesOf(state)
    .map(({ id }) => id)
    .sort();

test("the highest revision wins, and a doubled message is no change", () => {
  const two = feed([whole({ revision: 2 })]);
  assert.equal(reduce(two, whole({ revision: 1, build: "old" })), two);
  assert.equal(reduce(two, whole({ revision: 2 })), two);
  assert.equal(reduce(two, whole({ revision: 3 })).base.revision, 3);
});

test("a notice without its body keeps the body that came before it, and otherwise asks for it", () => {
  const bare = post(2, notice("lu"));
  bare.message.html = "";
  const known = feed([
    whole({ revision: 1 }),
    { type: "slides", slides: [{ ...body(notice("lu").hash), html: "<p>lũ</p>" }] },
    bare,
  ]);
  assert.equal(known.bodies[notice("lu").hash].html, "<p>lũ</p>");
  const missing = feed([whole({ revision: 1 }), bare]);
  assert.ok(wants(missing, T).includes(notice("lu").hash));
});

test("a moved screen forgets its former board, whatever the revision", () => {
  const moved = feed([
    whole({ revision: 9 }),
    { type: "slides", slides: [body("a")] },
    whole({ revision: 2, board: { slug: "hoi-truong" } }),
  ]);
  assert.equal(moved.base.board.slug, "hoi-truong");
  assert.equal(moved.base.revision, 2);
  assert.deepEqual(moved.patches, []);
});

test("a new epoch replaces the old one, whose late messages are ignored", () => {
  const restored = feed([whole({ revision: 9 }), whole({ epoch: "e2", revision: 1 })]);
  assert.equal(restored.base.epoch, "e2");
  assert.equal(reduce(restored, whole({ revision: 10 })), restored);
  assert.equal(reduce(restored, post(11, notice("x"))), restored);
});

test("after reconnecting the server's state counts, even of a former epoch", () => {
  const there = feed([
    whole({ revision: 9 }),
    whole({ epoch: "e2" }),
    { type: "connected" },
    whole({ revision: 10 }),
  ]);
  assert.equal(there.base.epoch, "e1");
});

test("a notice message brings its body and counts as the next revision", () => {
  const state = feed([whole(), post(2, notice("bao"))]);
  assert.deepEqual(ids(state), ["bao"]);
  assert.equal(revisionOf(state), 2);
  assert.equal(state.bodies["n-bao"].html, "<p>x</p>");
});

test("a notice after a gap is shown, and reveals the gap", () => {
  const before = feed([whole()]);
  assert.equal(isGap(before, { epoch: "e1", revision: 2 }), false);
  assert.equal(isGap(before, { epoch: "e1", revision: 3 }), true);
  assert.equal(isGap(before, { epoch: "other", revision: 2 }), true);
  const after = reduce(before, post(3, notice("bao")));
  assert.deepEqual(ids(after), ["bao"]);
  assert.equal(revisionOf(after), 1);
});

test("a whole state older than the notice does not remove it", () => {
  const state = feed([whole(), post(3, notice("bao")), whole({ revision: 2 })]);
  assert.deepEqual(ids(state), ["bao"]);
  assert.equal(revisionOf(state), 3);
});

test("a cleared notice does not come back with a late message", () => {
  assert.deepEqual(ids(feed([whole(), clear(3, "bao"), post(2, notice("bao"))])), []);
});

test("a notice before any state is kept for it", () => {
  const alone = feed([post(5, notice("bao"))]);
  assert.deepEqual(ids(alone), ["bao"]);
  assert.deepEqual(ids(reduce(alone, whole({ revision: 4 }))), ["bao"]);
  assert.deepEqual(ids(reduce(alone, whole({ revision: 5 }))), []);
});

test("any interleaving of doubled, reordered and late messages ends in the highest revision", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seeded(seed);
    const int = (n) => Math.floor(random() * n);
    // A history of one epoch: each revision posts, clears or recomposes; every message of it may be sent.
    const live = new Map();
    const messages = [];
    let last = null;
    for (let revision = 1; revision <= 12; revision += 1) {
      const id = `n${int(4)}`;
      const kind = int(3);
      if (kind === 0) {
        const one = notice(id, { issued: T + revision });
        live.set(id, one);
        messages.push(post(revision, one));
      } else if (kind === 1) {
        live.delete(id);
        messages.push(clear(revision, id));
      }
      last = whole({ revision, notices: [...live.values()], lap: { number: revision } });
      messages.push(last);
    }
    const heard = messages.flatMap((message) => Array(1 + int(2)).fill(message)).filter(() => random() < 0.8);
    heard.push(last);
    for (let i = heard.length - 1; i > 0; i -= 1) {
      const j = int(i + 1);
      [heard[i], heard[j]] = [heard[j], heard[i]];
    }
    const end = feed(heard);
    assert.equal(revisionOf(end), 12, `seed ${seed}`);
    assert.equal(end.base.lap.number, 12, `seed ${seed}`);
    assert.deepEqual(end.patches, [], `seed ${seed}`);
    assert.deepEqual(noticesOf(end), [...live.values()], `seed ${seed}`);
    for (const message of messages) assert.equal(reduce(end, message), end, `seed ${seed}: late`);
  }
});

test("missing bodies are wanted in the order they are needed", () => {
  const slides = ["a", "b", "c", "d", "e"].map((hash) => slide(hash));
  const notices = [notice("p", { level: "priority" }), notice("u")];
  const state = feed([whole({ lap: { slides }, notices })]);
  assert.deepEqual(wants(state, T + 10_000), ["n-u", "n-p", "b", "c", "d", "f", "s", "e", "a"]);
  const fed = reduce(state, { type: "slides", slides: [body("b"), body("n-u")] });
  assert.deepEqual(wants(fed, T + 10_000), ["n-p", "c", "d", "f", "s", "e", "a"]);
});

test("bodies that are no longer named are dropped", () => {
  const state = feed([whole(), { type: "slides", slides: [body("a"), body("b")] }]);
  const next = reduce(state, whole({ revision: 2, lap: { slides: [slide("b")] } }));
  assert.deepEqual(Object.keys(next.bodies), ["b"]);
});

test("the digest of the bodies equals the server's", () => {
  assert.equal(fnv1a64(""), "cbf29ce484222325");
  assert.equal(fnv1a64("a"), "af63dc4c8601ec8c");
  assert.equal(fnv1a64("foobar"), "85944171f73967e8");
  assert.equal(digest(["b", "a", "b"]), fnv1a64("a,b"));
  const state = feed([whole(), { type: "slides", slides: [body("b"), body("a"), body("stranger")] }]);
  assert.equal(have(state), fnv1a64("a,b"));
});

test("the server's slide message is only compared with the lap", () => {
  const state = feed([whole({ revision: 4 })]);
  assert.equal(disagrees(state, { hash: "b", at: T + 10_000, until: T + 20_000, revision: 4 }), false);
  assert.equal(disagrees(state, { hash: "c", at: T + 10_000, until: T + 20_000, revision: 4 }), true);
  assert.equal(disagrees(state, { hash: "x", at: T + 10_000, until: T + 20_000, revision: 3 }), false);
  assert.equal(disagrees(state, { hash: "b", at: T + 10_000, until: T + 20_000, revision: 5 }), true);
  assert.equal(disagrees(EMPTY, { hash: "b", at: T, until: T, revision: 1 }), true);
});

test("a memory read late is restored beside a notice that came before it", () => {
  const kept = { base: desired({ revision: 4 }), patches: [], bodies: { a: body("a") } };
  const state = restored(feed([post(5, notice("bao"))]), kept);
  assert.equal(state.base.revision, 4);
  assert.deepEqual(Object.keys(state.bodies).sort(), ["a", "n-bao"]);
  assert.deepEqual(ids(state), ["bao"]);
});

test("a memory read after a state has come changes nothing", () => {
  const state = feed([whole({ revision: 9 })]);
  assert.equal(restored(state, { base: desired({ epoch: "old" }), patches: [], bodies: {} }), state);
});

test("a memory without a state changes nothing", () => {
  assert.equal(restored(EMPTY, { base: null, patches: [], bodies: {} }), EMPTY);
});
