/**
 * What the server asks of a screen that is not state: reload, identify, the silent test; called by main.js.
 * Photographs and meetings are the guard's.
 */
/** @import {Command, Timers} from "../types.d.ts" */

const IDENTIFY = 10_000;
const MOST_DONE = 50;
/** A reload waits so long for the memory and no longer. */
const SAVE_DEADLINE = 2_000;
const KEY = "bangtin.done";

/**
 * @param {{
 *   done: () => string[], save: (ids: string[]) => Promise<unknown>, reload: () => void, now: () => number,
 *   storage: Pick<Storage, "getItem" | "setItem">, document: Document, timers: Timers, words: () => string, proved?: (id: string) => void,
 * }} options `done` are the ids that earlier page loads carried out: a doubled or late command does nothing.
 *   `storage` outlives a reload where the memory cannot be written: without it the page would reload in a circle
 */
export function createCommands({ done, save, storage, reload, now, document, timers, words, proved }) {
  /** @type {string[]} */
  let carried = remembered();

  /** @returns {string[]} */
  function remembered() {
    try {
      return JSON.parse(storage.getItem(KEY) ?? "[]");
    } catch {
      return [];
    }
  }

  /** @param {string[]} ids */
  function remember(ids) {
    try {
      storage.setItem(KEY, JSON.stringify(ids));
    } catch {
      // No room there either: the memory alone has it.
    }
    return save(ids);
  }

  function identify() {
    document.getElementById("identify")?.remove();
    const label = document.createElement("div");
    label.id = "identify";
    label.setAttribute("role", "status");
    label.textContent = words();
    document.body.append(label);
    timers.setTimeout(() => label.remove(), IDENTIFY);
  }

  /** The whole way to the glass without anybody seeing it: one pixel, painted, then told. @param {string} id */
  function test(id) {
    const pixel = document.createElement("div");
    pixel.id = "test-pixel";
    document.body.append(pixel);
    timers.requestAnimationFrame(() =>
      timers.requestAnimationFrame(() => {
        pixel.remove();
        proved?.(id);
      }),
    );
  }

  /** @param {Command} command */
  return async ({ id, name, until }) => {
    const before = [...new Set([...done(), ...carried])];
    if (before.includes(id) || now() >= until) return;
    carried = [...before, id].slice(-MOST_DONE);
    const saved = remember(carried);
    if (name === "identify") identify();
    if (name === "test") test(id);
    if (name !== "reload") return;
    const late = new Promise((resolve) => timers.setTimeout(() => resolve(null), SAVE_DEADLINE));
    await Promise.race([saved, late]);
    reload();
  };
}
