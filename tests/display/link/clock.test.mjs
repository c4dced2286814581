/** Server time on a wrong device: median of the three shortest round trips, slewed, never stepped in a slide. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../../display/link/clock.js";
import { fakeTime, T } from "../fakes.mjs";

const DAY = 86_400_000;

/** One round trip of `there` and `back` ms against a server that is `ahead` of the device. */
async function trip(clock, time, ahead, there, back) {
  const t0 = time.local();
  await time.advance(there + back);
  clock.sample(t0, t0 + there + ahead, t0 + there + ahead, time.local());
}

test("a device a day off shows server time after the first round trip", async () => {
  for (const ahead of [DAY, -DAY]) {
    const time = fakeTime();
    const clock = createClock({ local: time.local });
    await trip(clock, time, ahead, 20, 20);
    assert.equal(clock.now(), time.local() + ahead);
    assert.equal(clock.trusted(), true);
  }
});

test("the three shortest round trips decide, by their median", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  await trip(clock, time, 0, 10, 10);
  await trip(clock, time, 0, 400, 0);
  await trip(clock, time, 0, 0, 450);
  await trip(clock, time, 0, 14, 10);
  await trip(clock, time, 0, 10, 16);
  assert.equal(clock.offset(), 0);
});

test("a small correction is slewed by a tenth, and time never runs backwards", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  await trip(clock, time, 600, 5, 5);
  for (let i = 0; i < 3; i += 1) await trip(clock, time, 300, 5, 5);
  let before = clock.now();
  for (let i = 0; i < 40; i += 1) {
    await time.advance(100);
    const now = clock.now();
    assert.ok(now - before >= 89 && now - before <= 101, `${now - before}`);
    before = now;
  }
  assert.equal(Math.round(clock.now() - time.local()), 300);
});

test("a large correction waits for the boundary between slides", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  await trip(clock, time, 0, 5, 5);
  await trip(clock, time, 30_000, 5, 5);
  await time.advance(5_000);
  assert.equal(clock.now(), time.local());
  assert.equal(clock.pending(), 30_000);
  clock.settle();
  assert.equal(clock.now(), time.local() + 30_000);
});

test("the first server time is used until the first round trip", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  clock.hint(T + 5_000);
  assert.equal(clock.now(), T + 5_000);
  await trip(clock, time, 5_200, 10, 10);
  assert.equal(clock.now(), time.local() + 5_200);
  clock.hint(T);
  assert.equal(clock.now(), time.local() + 5_200);
});

test("an answer without times is ignored", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  clock.sample(T, Number.NaN, T, T);
  assert.equal(clock.synced(), false);
  assert.equal(clock.now(), T);
});

test("after a restart the time continues if the device's clock is plausible", () => {
  const clock = createClock({ local: fakeTime(T + 60_000).local, known: { server: T, offset: 1_500 } });
  assert.equal(clock.trusted(), true);
  assert.equal(clock.now(), T + 61_500);
});

test("a clock before the last known server time is not trusted until the server answers", async () => {
  const time = fakeTime(T - DAY);
  const clock = createClock({ local: time.local, known: { server: T, offset: 0 } });
  assert.equal(clock.trusted(), false);
  assert.equal(clock.now(), T);
  await time.advance(7_000);
  assert.equal(clock.now(), T + 7_000);
  await trip(clock, time, DAY + 1_000, 10, 10);
  assert.equal(clock.trusted(), true);
  assert.equal(clock.now(), time.local() + DAY + 1_000);
});

test("a device that was far off before the restart is not trusted either", () => {
  const clock = createClock({ local: fakeTime(T + 2 * DAY).local, known: { server: T, offset: -DAY } });
  assert.equal(clock.trusted(), false);
});

test("what is stored for a restart is server time", async () => {
  const time = fakeTime();
  const clock = createClock({ local: time.local });
  await trip(clock, time, 700, 10, 10);
  assert.deepEqual(clock.known(), { server: T + 720, offset: 700 });
});

test("a stored time read late counts until a server time comes", async () => {
  const time = fakeTime(T - DAY);
  const clock = createClock({ local: time.local });
  clock.restore({ server: T, offset: 0 });
  assert.deepEqual([clock.trusted(), clock.now()], [false, T]);
  await trip(clock, time, DAY, 10, 10);
  clock.restore({ server: T + DAY, offset: 0 });
  assert.deepEqual([clock.trusted(), clock.now()], [true, time.local() + DAY]);
});

test("a device whose clock was set while the page ran is trusted after the next start", async () => {
  const time = fakeTime();
  let wall = 0;
  const clock = createClock({ local: time.local, wall: () => time.local() + wall });
  await trip(clock, time, DAY, 10, 10);
  assert.equal(clock.known().offset, DAY);
  wall = DAY;
  const known = clock.known();
  assert.deepEqual(known, { server: time.local() + DAY, offset: 0 });
  const next = fakeTime(known.server + 60_000);
  const anew = createClock({ local: next.local, known });
  assert.deepEqual([anew.trusted(), anew.now()], [true, known.server + 60_000]);
});

test("a clock that is always four minutes slow is trusted however soon the device restarts", () => {
  const slow = 240_000;
  const again = (after) =>
    createClock({ local: fakeTime(T - slow + after).local, known: { server: T, offset: slow } });
  assert.deepEqual([again(1_000).trusted(), again(1_000).now()], [true, T + 1_000]);
  assert.deepEqual([again(-1_000).trusted(), again(-1_000).now()], [false, T]);
});
