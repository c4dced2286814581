/** Receipts are sent once, in order, and kept until they are acknowledged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReceipts } from "../../../display/link/receipts.js";
import { fakeTime, MINUTE, notice, T } from "../fakes.mjs";

function cast(kept) {
  const time = fakeTime();
  const server = { up: true, got: [], saved: null };
  const receipts = createReceipts({
    timers: time.timers,
    kept,
    async send(batch) {
      if (server.up) server.got.push(...batch);
      return server.up;
    },
    onChange: (saved) => {
      server.saved = structuredClone(saved);
    },
  });
  return { time, server, receipts, kinds: () => server.got.map(({ id, kind }) => `${id} ${kind}`) };
}

test("received, shown and ended, each once", async () => {
  const { time, server, receipts, kinds } = cast();
  const bao = notice("bao", { until: T + MINUTE });
  for (let i = 0; i < 3; i += 1) receipts.observe([bao], T);
  receipts.shown(bao, T + 20);
  receipts.shown(bao, T + 40);
  await time.advance(200);
  receipts.observe([bao], T + MINUTE - 1);
  receipts.observe([bao], T + MINUTE);
  receipts.observe([], T + MINUTE + 1);
  await time.advance(200);
  assert.deepEqual(kinds(), ["bao received", "bao shown", "bao ended"]);
  assert.deepEqual(
    server.got.map(({ at }) => at),
    [T, T + 20, T + MINUTE],
  );
});

test("a corrected notice is received and shown anew", async () => {
  const { time, receipts, kinds } = cast();
  const fixed = notice("bao", { hash: "corrected" });
  receipts.observe([notice("bao")], T);
  receipts.shown(notice("bao"), T);
  receipts.observe([fixed], T);
  receipts.shown(notice("bao"), T);
  receipts.shown(fixed, T);
  await time.advance(200);
  assert.deepEqual(kinds(), ["bao received", "bao shown", "bao received", "bao shown"]);
});

test("receipts wait while the server is away and are sent afterwards", async () => {
  const { time, server, receipts, kinds } = cast();
  server.up = false;
  receipts.observe([notice("bao")], T);
  await time.advance(MINUTE);
  assert.deepEqual(kinds(), []);
  server.up = true;
  await receipts.flush();
  assert.deepEqual(kinds(), ["bao received"]);
  await time.advance(MINUTE);
  assert.equal(time.pending(), 0);
});

test("a page load in between loses none, and repeats none that was acknowledged", async () => {
  const before = cast();
  before.receipts.observe([notice("bao")], T);
  await before.time.advance(200);
  before.server.up = false;
  before.receipts.shown(notice("bao"), T);
  await before.time.advance(200);
  const after = cast(before.server.saved);
  after.receipts.observe([notice("bao")], T);
  after.receipts.shown(notice("bao"), T);
  after.receipts.observe([], T + 1);
  await after.receipts.flush();
  await after.time.advance(200);
  assert.deepEqual(after.kinds(), ["bao shown", "bao ended"]);
});

test("many are sent in batches, none twice", async () => {
  const { time, receipts, kinds } = cast();
  const many = Array.from({ length: 250 }, (_, i) => notice(`${i}`));
  receipts.observe(many, T);
  await time.advance(1_000);
  assert.equal(kinds().length, 250);
  assert.equal(new Set(kinds()).size, 250);
});

test("receipts of slides are sent once a minute and kept until acknowledged", async () => {
  const { time, server, receipts, kinds } = cast();
  server.up = false;
  for (let i = 0; i < 250; i += 1) receipts.played(`s${i}`, T + i);
  await time.advance(2 * MINUTE);
  assert.deepEqual(server.got, []);
  assert.equal(server.saved.plays.length, 250);
  server.up = true;
  await time.advance(2 * MINUTE);
  assert.equal(kinds().length, 250);
  assert.deepEqual(kinds().slice(0, 2), ["s0 shown", "s1 shown"]);
  assert.deepEqual(server.saved.plays, []);
  await time.advance(5 * MINUTE);
  assert.equal(kinds().length, 250);
});

test("unsent receipts of an earlier page load are sent by the next", async () => {
  const { time, kinds } = cast({ queue: [], seen: [], plays: [{ id: "a", kind: "shown", at: T }] });
  await time.advance(2 * MINUTE);
  assert.deepEqual(kinds(), ["a shown"]);
});

test("receipts read late are sent with new ones, none twice", async () => {
  const before = cast();
  before.server.up = false;
  before.receipts.observe([notice("bao")], T - MINUTE);
  before.receipts.played("a", T - MINUTE);
  const { time, server, receipts, kinds } = cast();
  receipts.observe([notice("lu")], T);
  receipts.restore(before.receipts.snapshot());
  assert.deepEqual(
    server.saved.queue.map(({ id }) => id),
    ["bao", "lu"],
  );
  receipts.observe([notice("bao"), notice("lu")], T);
  await time.advance(2 * MINUTE);
  assert.deepEqual(kinds(), ["bao received", "lu received", "a shown"]);
});
