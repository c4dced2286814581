/**
 * How this page identifies itself to the server: as a public viewer of the board in its address, or as a paired screen
 * with a key; called by main.js and screen.js. The key is never part of an address.
 */
/** @import {Pairing} from "../types.d.ts" */

const KEY = "bangtin.screen";

/** The stored pairing; null where the device is not paired. @param {Pick<Storage, "getItem">} storage @returns {Pairing | null} */
export function readPairing(storage) {
  try {
    const { screen, key, board } = JSON.parse(storage.getItem(KEY) ?? "null") ?? {};
    return typeof screen === "string" && typeof key === "string"
      ? { screen, key, board: String(board) }
      : null;
  } catch {
    return null;
  }
}

/** @param {Pick<Storage, "setItem">} storage @param {Pairing} paired */
export function savePairing(storage, paired) {
  storage.setItem(KEY, JSON.stringify(paired));
}

/**
 * Asks the server about a key: `gone` where it is no longer valid, and the board it belongs to now. Without a complete
 * answer the key counts as valid and the board as unchanged.
 * @param {typeof globalThis.fetch} fetch @param {Pairing} paired @param {number} deadline ms
 * @returns {Promise<{gone: boolean, board: string}>}
 */
export async function askWhere(fetch, paired, deadline) {
  const headers = { Authorization: `Bearer ${paired.key}` };
  try {
    const signal = AbortSignal.timeout(deadline);
    const answer = await fetch("/glass/where", { headers, signal, cache: "no-store" });
    const board = answer.ok ? String((await answer.json()).board) : paired.board;
    return { gone: answer.status === 401, board };
  } catch {
    return { gone: false, board: paired.board };
  }
}

/**
 * `auth` goes with CONNECT, `headers` with each request, `scope` is the service worker's, `name` that of the memory.
 * @param {string} slug the board of the page's address, empty on /screen
 * @param {Pairing | null} paired
 */
export function identify(slug, paired) {
  if (slug || !paired)
    return { name: slug, board: slug, auth: { board: slug }, headers: {}, scope: "/board/", screen: false };
  const { screen, key, board } = paired;
  const headers = { Authorization: `Bearer ${key}` };
  return { name: `screen-${screen}`, board, auth: { screen, key }, headers, scope: "/screen", screen: true };
}
