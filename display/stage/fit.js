/** Finds text that is cut off on a slide, though the server's paging made it fit; called by main.js after each paint. */
/** @import {Overflow} from "../types.d.ts" */

/** Pixels that rounding may add. */
const SLACK = 1;

/**
 * The elements with `data-fit` whose content overflows or that the layer clips, and by how many pixels.
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
