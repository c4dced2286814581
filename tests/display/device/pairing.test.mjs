/** Pairing: an incomplete answer does not end it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPairing } from "../../../display/device/pairing.js";
import { fakeTime } from "../fakes.mjs";

const json = (word, status = 200) => new Response(JSON.stringify(word), { status });
const portal = () => new Response("<!doctype html><title>Wi-Fi</title>");

test("a captive portal's page instead of an answer counts as no answer", async () => {
  const time = fakeTime();
  const answers = [
    portal(),
    json({ code: "BCDFGHJK", secret: "s", lasts: 600_000, qr: "1 M0" }),
    portal(),
    json({ code: "KJHGFDCB", secret: "s", lasts: 600_000, qr: "1 M0" }),
    json({ screen: "7", key: "k", board: "minh-tan" }),
  ];
  const seen = { codes: [], away: 0, paired: null };
  const pairing = createPairing({
    fetch: async () => answers.shift() ?? json({}, 404),
    timers: time.timers,
    now: time.local,
    onCode: ({ code }) => seen.codes.push(code),
    onAway: () => {
      seen.away += 1;
    },
    onPaired: (found) => {
      seen.paired = found;
    },
  });
  void pairing.start();
  for (let second = 0; second < 60 && !seen.paired; second += 1) await time.advance(1_000);
  assert.deepEqual(seen.codes, ["BCDFGHJK", "KJHGFDCB"]);
  assert.equal(seen.away, 2);
  assert.equal(seen.paired.screen, "7");
});
