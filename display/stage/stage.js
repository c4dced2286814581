/**
 * The two layers of the glass and the flip between them; called by pace.js.
 *
 * Two layers for ever, so that months leave no nodes behind. What moves is up to the style sheet, which fades the
 * layer whose `aria-hidden` turns; pictures are decoded before, so that a flip costs one frame.
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
  /** When what is on the glass was due. @type {number | null} */
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
   * The slide on the glass follows itself: a board with one film only, say. What moves in it begins anew.
   * @param {string} hash @param {number} at
   */
  function again(hash, at) {
    const first = begun === null;
    if (front.dataset.slide !== hash || at === begun) return;
    begun = at;
    // The server's own first drawing has begun already.
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
    // What is longer than a reader's window is scrolled, by keys too: only in the layer that is seen.
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
    /** Gets the next slide ready in the hidden layer. @param {Body} body */
    ready(body) {
      if (body.hash !== front.dataset.slide && wanted === (front.dataset.slide ?? null)) prepare(body);
    },
    /**
     * Shows a slide: at once where it is ready, else as soon as its pictures are decoded.
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
    /** Takes everything off the glass, at once. */
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
 * Runs `work` once what was changed before is on the glass.
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
 * A picture that cannot be had leaves its place empty: no browser's sign of a broken picture is ever seen.
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
 * A picture or film that fails or takes too long does not hold back its slide.
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
