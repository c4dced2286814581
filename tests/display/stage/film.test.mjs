/** Films: they start where they should be, muted where sound is refused, and the screen is never black. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFilms } from "../../../display/stage/film.js";
import { fakeTime } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

/** A layer with one film; `plays` has the outcome of each call of play. */
function cast({ plays = [] } = {}) {
  const time = fakeTime();
  const { document } = fakePage();
  const layer = document.createElement("section");
  layer.innerHTML = '<figure><video src="/glass/media/x"></video></figure>';
  const video = layer.querySelector("video");
  const seen = { asked: [], paused: 0, faults: [] };
  let at = 0;
  Object.defineProperty(video, "currentTime", {
    get: () => at,
    set: (to) => {
      at = to;
    },
  });
  video.play = async () => {
    seen.asked.push(video.muted);
    if (plays[seen.asked.length - 1] === "refused") throw new Error("NotAllowedError");
  };
  video.pause = () => {
    seen.paused += 1;
  };
  const films = createFilms({ timers: time.timers, onFault: (what) => seen.faults.push(what) });
  const failed = () => layer.querySelector("figure").dataset.failed ?? null;
  return { time, document, layer, video, seen, films, failed };
}

test("a film starts at its beginning, or late where the other screens are", () => {
  const { films, layer, video } = cast();
  films.play(layer, 40);
  assert.equal(video.currentTime, 0);
  films.play(layer, 7_250);
  assert.equal(video.currentTime, 7.25);
});

test("fifteen seconds without a frame end a film, with one note", async () => {
  const { time, films, layer, video, seen, failed } = cast();
  films.play(layer, 0);
  for (let second = 0; second < 40; second += 10) {
    await time.advance(10_000);
    video.dispatchEvent(new layer.ownerDocument.defaultView.Event("timeupdate"));
  }
  assert.equal(failed(), null);
  await time.advance(15_001);
  assert.equal(failed(), "stalled");
  assert.deepEqual(seen.faults, ["video stalled"]);
  await time.advance(60_000);
  assert.deepEqual(seen.faults, ["video stalled"]);
  assert.equal(time.pending(), 0);
});

test("a broken film is replaced at once", async () => {
  const { films, layer, video, failed, seen, time } = cast();
  films.play(layer, 0);
  video.dispatchEvent(new layer.ownerDocument.defaultView.Event("error"));
  assert.equal(failed(), "broken");
  assert.deepEqual(seen.faults, ["video broken"]);
  assert.equal(time.pending(), 0);
});

test("a film plays muted where sound is refused, and is replaced where playing is refused", async () => {
  const once = cast({ plays: ["refused"] });
  once.films.play(once.layer, 0);
  await once.time.advance(10);
  assert.deepEqual(once.seen.asked, [false, true]);
  assert.equal(once.failed(), null);
  const never = cast({ plays: ["refused", "refused"] });
  never.films.play(never.layer, 0);
  await never.time.advance(10);
  assert.equal(never.failed(), "refused");
});

test("a film that has ended, or whose slide has gone, is no longer watched", async () => {
  const ended = cast();
  ended.films.play(ended.layer, 0);
  ended.video.dispatchEvent(new ended.layer.ownerDocument.defaultView.Event("ended"));
  const gone = cast();
  gone.films.play(gone.layer, 0);
  gone.films.stop(gone.layer);
  for (const { time, failed, seen } of [ended, gone]) {
    await time.advance(60_000);
    assert.equal(failed(), null);
    assert.deepEqual(seen.faults, []);
    assert.equal(time.pending(), 0);
  }
});

test("a film that follows itself plays again, also after it failed", async () => {
  const { time, films, layer, video, failed, seen } = cast();
  films.play(layer, 0);
  await time.advance(15_001);
  assert.equal(failed(), "stalled");
  video.currentTime = 9;
  films.again(layer, 40);
  assert.equal(failed(), null);
  assert.equal(video.currentTime, 0);
  assert.equal(seen.asked.length, 2);
  await time.advance(15_001);
  assert.deepEqual(seen.faults, ["video stalled", "video stalled"]);
});
