/** The lap is walked as docs/architecture.md says, and as Python walks it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { airing, canAir, limitOf } from "../../../display/state/lap.js";
import { seeded, slide } from "../fakes.mjs";

const lap = (slides, more = {}) => ({ number: 1, start: 1_000, slides, filler: "f", ...more });

/** The document's rule word for word, without skipping: slow, but plainly right. */
function plain(lap, t) {
  if (t < lap.start) return null;
  let cur = lap.start;
  let i = 0;
  for (;;) {
    let misses = 0;
    while (misses < lap.slides.length && !canAir(lap.slides[i], cur)) {
      i = (i + 1) % lap.slides.length;
      misses += 1;
    }
    if (misses === lap.slides.length) {
      const opens = lap.slides.flatMap(({ dwell, windows }) =>
        windows
          .filter(([from, until]) => from > cur && (until === null || until - from >= dwell))
          .map(([from]) => from),
      );
      const until = opens.length ? Math.min(...opens) : null;
      if (until === null || t < until) return { index: -1, hash: lap.filler, start: cur, until };
      cur = until;
      continue;
    }
    const until = cur + lap.slides[i].dwell;
    if (t < until) return { index: i, hash: lap.slides[i].hash, start: cur, until };
    cur = until;
    i = (i + 1) % lap.slides.length;
  }
}

test("slides follow each other and the lap repeats", () => {
  const one = lap([slide("a", 10), slide("b", 20)]);
  assert.equal(airing(one, 999), null);
  assert.deepEqual(airing(one, 1_000), { index: 0, hash: "a", start: 1_000, until: 1_010 });
  assert.deepEqual(airing(one, 1_010), { index: 1, hash: "b", start: 1_010, until: 1_030 });
  assert.deepEqual(airing(one, 1_029), { index: 1, hash: "b", start: 1_010, until: 1_030 });
  assert.deepEqual(airing(one, 1_030), { index: 0, hash: "a", start: 1_030, until: 1_040 });
});

test("a slide starts only if it can finish, and is never cut", () => {
  const one = lap([slide("a", 10, [[0, 1_025]]), slide("b", 10)]);
  assert.equal(airing(one, 1_005).hash, "a");
  assert.equal(airing(one, 1_020).hash, "b");
});

test("the filler is shown until a window opens that is long enough", () => {
  const one = lap([
    slide("a", 10, [
      [2_000, 2_005],
      [3_000, 3_010],
    ]),
  ]);
  assert.deepEqual(airing(one, 2_002), { index: -1, hash: "f", start: 1_000, until: 3_000 });
  assert.equal(airing(one, 3_009).hash, "a");
  assert.deepEqual(airing(one, 3_010), { index: -1, hash: "f", start: 3_010, until: null });
  assert.deepEqual(airing(lap([]), 5_000), { index: -1, hash: "f", start: 1_000, until: null });
});

test("months without a server do not slow the lap down", () => {
  const slides = Array.from({ length: 200 }, (_, i) => slide(`${i}`, 10_000));
  const year = 365 * 86_400_000;
  assert.deepEqual(
    airing(lap(slides), 1_000 + year),
    plain(lap(slides), 1_000 + (year % 2_000_000)) && {
      index: (year / 10_000) % 200,
      hash: `${(year / 10_000) % 200}`,
      start: 1_000 + year,
      until: 11_000 + year,
    },
  );
});

test("skipping whole rounds gives the same as walking, for any lap", () => {
  const random = seeded(20_261_122);
  const int = (n) => Math.floor(random() * n);
  for (let round = 0; round < 400; round += 1) {
    const slides = Array.from({ length: int(5) }, (_, i) => {
      const windows = Array.from({ length: 1 + int(3) }, () => {
        const from = int(3_000);
        return [from, random() < 0.3 ? null : from + int(900)];
      });
      return slide(`${i}`, 1 + int(60), windows);
    });
    const one = lap(slides, { filler: random() < 0.5 ? "f" : null });
    for (let i = 0; i < 12; i += 1) {
      const t = 900 + int(5_000);
      assert.deepEqual(airing(one, t), plain(one, t), JSON.stringify({ one, t }));
    }
  }
});

test("the limit of a running slide is the end of its window", () => {
  assert.equal(
    limitOf(
      slide("a", 10, [
        [0, 500],
        [100, 900],
      ]),
      200,
    ),
    900,
  );
  assert.equal(
    limitOf(
      slide("a", 10, [
        [0, 500],
        [100, null],
      ]),
      200,
    ),
    null,
  );
});

test("Python and the screen agree on the golden laps", () => {
  const table = JSON.parse(readFileSync(new URL("../../golden/lap.json", import.meta.url), "utf8"));
  assert.ok(table.flatMap(({ cases }) => cases).length > 100);
  for (const { lap, cases } of table)
    for (const { t, hash, start, until } of cases) {
      const on = airing(lap, t);
      assert.deepEqual(
        { t, hash: on?.hash ?? null, start: on?.start ?? null, until: on?.until ?? null },
        { t, hash, start: start ?? null, until: until ?? null },
      );
    }
});
