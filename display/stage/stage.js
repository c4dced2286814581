/**
 * The two layers that show slides, and the flip between them; called by scheduler.js.
 *
 * The same two layers are used all the time, so that no nodes accumulate over months. The style sheet fades the layer
 * whose `aria-hidden` changes; pictures are decoded before, so that a flip takes one frame.
 */
import { createFilms } from "./film.js";
/** @import {Body, Flip, Timers} from "../types.d.ts" */

const DECODE_LIMIT = 3_000;
const MOST_FLIPS = 300;

/**
 * @param {{
 *   main: HTMLElement, timers: Timers, parse: (html: string) => DocumentFragment, now: () => number,
 *   flips: Flip[], onPainted?: (layer: HTMLElement, hash: string) => void, onFault?: (what: string) => void,
 * }} options `flips` is filled with what was painted when, at most the latest 300
 */
export function createStage({ main, timers, parse, now, flips, onPainted, onFault }) {
  let [front, back] = twoLayers(main);
  const films = createFilms({ timers, onFault: (what) => onFault?.(what) });
  /** @type {{hash: string, done: Promise<void>, ready: boolean} | null} */
  let prepared = null;
  /** @type {string | null} */
  let wanted = front.dataset.slide ?? null;
  /** When the slide shown was due. @type {number | null} */
  let begun = null;

  /** @param {Body} body */
  function prepare(body) {
    if (prepared?.hash === body.hash) return prepared;
    films.stop(back);
    back.dataset.slide = body.hash;
    back.replaceChildren(parse(body.html));
    back.scrollTop = 0;
    const entry = { hash: body.hash, ready: false, done: Promise.resolve() };
    const waits = [
      ...[...back.querySelectorAll("img")].map(drawn),
      ...[...back.querySelectorAll("video")].map(films.ready),
    ];
    entry.ready = waits.length === 0;
    if (waits.length)
      entry.done = decoded(waits, timers, onFault).then(() => {
        entry.ready = true;
      });
    prepared = entry;
    return entry;
  }

  /**
   * The same slide is due again, as on a board with one film only: its films and animations start again.
   * @param {string} hash @param {number} at
   */
  function again(hash, at) {
    const first = begun === null;
    if (front.dataset.slide !== hash || at === begun) return;
    begun = at;
    // The server has put the first slide into the page, where it runs already.
    if (first) return;
    films.again(front, now() - at);
    onPainted?.(front, hash);
  }

  /** @param {string} hash @param {number} at */
  function flip(hash, at) {
    begun = at;
    [front, back] = [back, front];
    prepared = null;
    front.setAttribute("aria-hidden", "false");
    back.setAttribute("aria-hidden", "true");
    // A slide longer than the window is scrolled, by keys too; only the visible layer takes the focus.
    front.tabIndex = 0;
    back.tabIndex = -1;
    films.stop(back);
    films.play(front, now() - at);
    const layer = front;
    afterPaint(timers, () => {
      flips.push({ hash, at, painted: now() });
      if (flips.length > MOST_FLIPS) flips.splice(0, flips.length - MOST_FLIPS);
      onPainted?.(layer, hash);
    });
  }

  return {
    /** The hash in the visible layer, or null. */
    shown: () => front.dataset.slide ?? null,
    /** The visible layer if it shows this slide, else null. @param {string} hash */
    layer: (hash) => (front.dataset.slide === hash ? front : null),
    /** Prepares the next slide in the hidden layer. @param {Body} body */
    ready(body) {
      if (body.hash !== front.dataset.slide && wanted === (front.dataset.slide ?? null)) prepare(body);
    },
    /**
     * Shows a slide, at once where it is prepared, else as soon as its pictures are decoded.
     * @param {Body} body @param {number} at the instant at which it was due
     */
    async show(body, at) {
      if (wanted === body.hash) return again(body.hash, at);
      wanted = body.hash;
      if (front.dataset.slide === body.hash) return;
      const entry = prepare(body);
      if (!entry.ready) await entry.done;
      if (wanted === body.hash && prepared === entry) flip(body.hash, at);
    },
    /** Removes everything at once. */
    clear() {
      wanted = null;
      prepared = null;
      for (const layer of [front, back]) {
        films.stop(layer);
        delete layer.dataset.slide;
        layer.replaceChildren();
        layer.setAttribute("aria-hidden", "true");
        layer.tabIndex = -1;
      }
    },
  };
}

/**
 * Runs `work` after the next paint.
 * @param {Timers} timers
 * @param {() => void} work
 */
export function afterPaint(timers, work) {
  timers.requestAnimationFrame(() => timers.setTimeout(work, 0));
}

/** @param {HTMLElement} main @returns {[HTMLElement, HTMLElement]} the visible one first */
function twoLayers(main) {
  const layers = /** @type {HTMLElement[]} */ ([...main.querySelectorAll("section.layer")]);
  while (layers.length < 2) {
    const layer = main.ownerDocument.createElement("section");
    layer.className = "layer";
    layer.setAttribute("aria-hidden", "true");
    main.append(layer);
    layers.push(layer);
  }
  layers.sort((a, b) => Number(isVisible(b)) - Number(isVisible(a)));
  return [/** @type {HTMLElement} */ (layers[0]), /** @type {HTMLElement} */ (layers[1])];
}

/** @param {HTMLElement} layer */
function isVisible(layer) {
  return layer.getAttribute("aria-hidden") === "false";
}

/**
 * Decodes a picture; hides one that fails, so that the browser's broken-picture sign is never seen.
 * @param {HTMLImageElement} image
 */
async function drawn(image) {
  try {
    await image.decode();
  } catch (error) {
    image.style.visibility = "hidden";
    throw error;
  }
}

/**
 * Waits for pictures and films, three seconds at most; failures are noted and do not hold back the slide.
 * @param {Promise<unknown>[]} waits @param {Timers} timers @param {((what: string) => void) | undefined} onFault
 */
async function decoded(waits, timers, onFault) {
  const all = Promise.allSettled(waits);
  /** @type {unknown} */
  let timer;
  const limit = new Promise((resolve) => {
    timer = timers.setTimeout(() => resolve(null), DECODE_LIMIT);
  });
  const ends = await Promise.race([all, limit]);
  timers.clearTimeout(timer);
  if (!Array.isArray(ends)) onFault?.("picture late");
  else if (ends.some(({ status }) => status === "rejected")) onFault?.("picture broken");
}
