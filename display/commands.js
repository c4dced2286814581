/** What the server asks of a screen that is not state: reload, identify; called by main.js. The guard photographs. */
/** @import {Command, Timers} from "./types.d.ts" */

const IDENTIFY = 10_000;
const MOST_DONE = 50;

/**
 * @param {{
 *   done: string[], save: (ids: string[]) => Promise<unknown>, reload: () => void, now: () => number,
 *   document: Document, timers: Timers, words: () => string,
 * }} options `done` are the ids already carried out: a doubled or late command does nothing
 */
export function createCommands({ done, save, reload, now, document, timers, words }) {
  let carried = [...done];

  function identify() {
    document.getElementById("identify")?.remove();
    const label = document.createElement("div");
    label.id = "identify";
    label.setAttribute("role", "status");
    label.textContent = words();
    document.body.append(label);
    timers.setTimeout(() => label.remove(), IDENTIFY);
  }

  /** @param {Command} command */
  return async ({ id, name, until }) => {
    if (carried.includes(id) || now() >= until) return;
    carried = [...carried, id].slice(-MOST_DONE);
    const saved = save(carried);
    if (name === "identify") identify();
    if (name !== "reload") return;
    await saved;
    reload();
  };
}
