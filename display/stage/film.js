/**
 * Plays the films of a slide; called by stage.js. Where one fails or stalls, the drawing behind it shows and health
 * gets a note, so that the screen is never black.
 */
/** @import {Timers} from "../types.d.ts" */

/** Milliseconds without a new frame after which a film counts as stalled. */
const STALL = 15_000;
/** Milliseconds: a film started later than this skips to where the other screens are. */
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
      // A browser that refuses sound plays it muted.
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
    /** Plays a layer's films from where they should be by now. @param {ParentNode} layer @param {number} late ms */
    play(layer, late) {
      for (const video of layer.querySelectorAll("video")) {
        video.addEventListener("timeupdate", () => watched.has(video) && watch(video));
        video.addEventListener("ended", () => leave(video));
        video.addEventListener("error", () => fail(video, "broken"));
        begin(video, late);
      }
    },
    /** Plays a layer's films again, also those that failed before. @param {ParentNode} layer @param {number} late ms */
    again(layer, late) {
      for (const video of layer.querySelectorAll("video")) {
        if (video.parentElement) delete video.parentElement.dataset.failed;
        if (video.error) video.load();
        begin(video, late);
      }
    },
    /** Stops a layer's films and frees their decoders. @param {ParentNode} layer */
    stop(layer) {
      for (const video of layer.querySelectorAll("video")) {
        leave(video);
        video.pause();
      }
    },
    /** Resolves when a film has its first frame, rejects where it fails. @param {HTMLVideoElement} video @returns {Promise<unknown>} */
    ready: (video) =>
      video.readyState >= 2
        ? Promise.resolve()
        : new Promise((resolve, reject) => {
            video.addEventListener("loadeddata", resolve, { once: true });
            video.addEventListener("error", () => reject(video.error), { once: true });
          }),
  };
}
