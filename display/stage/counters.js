/**
 * Puts the numbers of a hall's counters into their slide in place, without a transition; called by scheduler.js.
 *
 * A row whose number is new is marked for some seconds, and two tones call attention to it where the board wants that.
 * Pages of a slide that does not fit at once follow each other. server/slides/kinds/now_serving draws the slide.
 */
/** @import {Serving} from "../types.d.ts" */

/** Milliseconds that each page stays; server/slides/kinds/now_serving has the same. */
const PAGE = 6_000;
/** Milliseconds for which a new number is marked. */
export const MARKED = 8_000;

/**
 * @param {{parse: (html: string) => DocumentFragment, chime: () => void, covered: () => boolean}} options `covered`:
 * something else covers the slide, so that nobody sees a new number
 */
export function createCounters({ parse, chime, covered }) {
  /** The number of each counter as it was shown last, by name. @type {Map<string, string>} */
  let numbers = new Map();
  /** Until when the row of a counter is marked, by name. @type {Map<string, number>} */
  const marked = new Map();
  let version = 0;
  /** A new number has come and no tones have called attention to it yet. */
  let unheard = false;

  /** Notes which numbers are new; those of the first state are not. @param {Serving | null} serving @param {number} now */
  function compare(serving, now) {
    unheard = false;
    if (!serving || serving.version === version) return;
    const first = version === 0;
    version = serving.version;
    const before = numbers;
    numbers = new Map(serving.counters.map(({ name, number }) => [name, number]));
    const fresh = serving.counters.filter(({ name, number }) => number && number !== before.get(name));
    if (first || !fresh.length) return;
    for (const { name } of fresh) marked.set(name, now + MARKED);
    unheard = serving.chime;
  }

  /** @param {HTMLElement} layer @param {number} now */
  function mark(layer, now) {
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (layer.querySelectorAll("[data-counter]")))
      row.toggleAttribute("data-changed", now < (marked.get(row.dataset.counter ?? "") ?? 0));
  }

  /** @param {HTMLElement} layer @param {number} passed milliseconds since the slide began */
  function turn(layer, passed) {
    const pages = [...layer.querySelectorAll("[data-page]")];
    const at = Math.floor(Math.max(0, passed) / PAGE) % Math.max(1, pages.length);
    for (const [i, page] of pages.entries()) page.toggleAttribute("data-on", i === at);
  }

  /** What is in the layer that was filled last. */
  let filled = { layer: /** @type {HTMLElement | null} */ (null), html: "" };

  return {
    /** Called before `show` at each update, also where the slide is not due: an old number is not new later. */
    compare,
    /**
     * Brings the slide up to date; called at each change and each second while it is due.
     * @param {HTMLElement | null} layer the layer that shows it, null where it is not shown yet
     * @param {Serving} serving @param {number} now @param {number} begun when its turn began
     */
    show(layer, serving, now, begun) {
      if (!layer) return;
      const same =
        filled.layer === layer && filled.html === serving.html && layer.querySelector("[data-counter]");
      if (!same) {
        layer.replaceChildren(parse(serving.html));
        filled = { layer, html: serving.html };
      }
      if (unheard && !covered()) chime();
      unheard = false;
      mark(layer, now);
      turn(layer, now - begun);
    },
  };
}
