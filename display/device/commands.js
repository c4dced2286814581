/**
 * Carries out the server's commands to a screen: reload, identify, the silent test; called by main.js. Screenshots and
 * handing over are the guard's.
 */
/** @import {Command, Timers} from "../types.d.ts" */

/** How long a screen shows its name: the walk from the desk to the hall. */
const IDENTIFY = 60_000;
const MOST_DONE = 50;
/** Milliseconds that a reload waits for the memory. */
const SAVE_DEADLINE = 2_000;
const KEY = "bangtin.done";

/**
 * @param {{
 *   done: () => string[], save: (ids: string[]) => Promise<unknown>, reload: () => void, now: () => number,
 *   place: () => {board: string, area: string},
 *   storage: Pick<Storage, "getItem" | "setItem">, document: Document, timers: Timers, proved?: (id: string) => void,
 * }} options `done` are the ids that earlier page loads carried out: a repeated or late command does nothing.
 *   `place` are the names of the board and its area. `storage` survives a reload where the memory cannot be written, so that the page does not reload for ever
 */
export function createCommands({ done, save, storage, reload, now, document, timers, place, proved }) {
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
      // Full as well: only the memory has it.
    }
    return save(ids);
  }

  /**
   * Shows the screen's name in large type, with its board and area; urgent notices stay readable above it.
   * @param {string} screen the name that people gave the screen; "" from a server of the previous release
   */
  function identify(screen) {
    document.getElementById("identify")?.remove();
    const { board, area } = place();
    const box = document.createElement("div");
    box.id = "identify";
    box.setAttribute("role", "status");
    const name = document.createElement("p");
    name.textContent = screen || board;
    // A short name fills the width, a long one breaks into lines.
    name.style.setProperty("--letters", String(Math.max(8, Math.min(24, name.textContent.length))));
    const where = document.createElement("p");
    where.textContent = (screen ? [board, area] : [area]).filter(Boolean).join(" · ");
    box.append(name, where);
    document.body.append(box);
    timers.setTimeout(() => box.remove(), IDENTIFY);
  }

  /** Tests the way to the screen without anybody noticing: paints one pixel, then sends a receipt. @param {string} id */
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
  return async ({ id, name, until, screen }) => {
    const before = [...new Set([...done(), ...carried])];
    if (before.includes(id) || now() >= until) return;
    carried = [...before, id].slice(-MOST_DONE);
    const saved = remember(carried);
    if (name === "identify") identify(screen ?? "");
    if (name === "test") test(id);
    if (name !== "reload") return;
    const late = new Promise((resolve) => timers.setTimeout(() => resolve(null), SAVE_DEADLINE));
    await Promise.race([saved, late]);
    reload();
  };
}
