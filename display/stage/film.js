/**
 * Plays the films of a slide, and watches them: one that fails or stalls leaves its place to the drawing behind it,
 * with a note for health, so that the glass is never black; called by stage.js.
 */
/** @import {Timers} from "../types.d.ts" */

/** So long without a new picture, and a film counts as stalled (GLASS: 15 s). */
const STALL = 15_000;
/** Coming in later than this into a film, the screen goes to where the others are. */
const LATE = 500;

/** @param {{timers: Timers, onFault: (what: string) => void}} options */
export function createFilms({ timers, onFault }) {
  /** @type {Map<HTMLVideoElement, unknown>} the watchdog of each film that plays */
  const watched = new Map();

  /** @param {HTMLVideoElement} video */
  function watch(video) {
    timers.clearTimeout(watched.get(video));
    watched.set(
      video,
      timers.setTimeout(() => fail(video, "stalled"), STALL),
    );
  }

  /** @param {HTMLVideoElement} video */
  function leave(video) {
    timers.clearTimeout(watched.get(video));
    watched.delete(video);
  }

  /** @param {HTMLVideoElement} video @param {string} why */
  function fail(video, why) {
    if (!watched.has(video)) return;
    leave(video);
    const place = video.parentElement;
    if (place) place.dataset.failed = why;
    video.pause();
    onFault(`video ${why}`);
  }

  /** @param {HTMLVideoElement} video */
  async function start(video) {
    try {
      await video.play();
    } catch {
      if (video.muted) return fail(video, "refused");
      // A browser that was not told to allow sound plays it without.
      video.muted = true;
      await video.play().catch(() => fail(video, "refused"));
    }
  }

  /** @param {HTMLVideoElement} video @param {number} late ms */
  function begin(video, late) {
    watch(video);
    video.currentTime = late > LATE ? late / 1_000 : 0;
    if (video.error) fail(video, "broken");
    else void start(video);
  }

  return {
    /** Plays what a layer holds, from where it should be by now. @param {ParentNode} layer @param {number} late ms */
    play(layer, late) {
      for (const video of layer.querySelectorAll("video")) {
        video.addEventListener("timeupdate", () => watched.has(video) && watch(video));
        video.addEventListener("ended", () => leave(video));
        video.addEventListener("error", () => fail(video, "broken"));
        begin(video, late);
      }
    },
    /** Plays anew what a layer holds already, also what failed the last time. @param {ParentNode} layer @param {number} late ms */
    again(layer, late) {
      for (const video of layer.querySelectorAll("video")) {
        if (video.parentElement) delete video.parentElement.dataset.failed;
        if (video.error) video.load();
        begin(video, late);
      }
    },
    /** Stops what a layer holds and gives its decoders back. @param {ParentNode} layer */
    stop(layer) {
      for (const video of layer.querySelectorAll("video")) {
        leave(video);
        video.pause();
      }
    },
    /** Resolves when a film has its first picture, or fails. @param {HTMLVideoElement} video @returns {Promise<unknown>} */
    ready: (video) =>
      video.readyState >= 2
        ? Promise.resolve()
        : new Promise((resolve, reject) => {
            video.addEventListener("loadeddata", resolve, { once: true });
            video.addEventListener("error", () => reject(video.error), { once: true });
          }),
  };
}
