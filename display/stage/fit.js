/** Verifies that nothing on a slide is cut off; called by main.js after each paint. Paging on the server fits text. */
/** @import {Overflow} from "../types.d.ts" */

/** Rounding of fractional layout is no overflow. */
const SLACK = 1;

/**
 * The elements with `data-fit` that overflow themselves or are clipped by the layer, and by how many pixels.
 * @param {HTMLElement} layer
 * @param {string} hash
 * @returns {Overflow[]}
 */
export function overflows(layer, hash) {
  const frame = layer.getBoundingClientRect();
  return [.../** @type {NodeListOf<HTMLElement>} */ (layer.querySelectorAll("[data-fit]"))].flatMap(
    (node) => {
      const box = node.getBoundingClientRect();
      const by = Math.max(
        node.scrollHeight - node.clientHeight,
        node.scrollWidth - node.clientWidth,
        frame.left - box.left,
        frame.top - box.top,
        box.right - frame.right,
        box.bottom - frame.bottom,
      );
      if (by <= SLACK) return [];
      const element = node.dataset.fit || node.className || node.localName;
      return [{ hash, element, by: Math.ceil(by) }];
    },
  );
}
