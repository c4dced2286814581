/**
 * Who this page is to the server: a public viewer of the board in its address, or a paired screen with a key of its
 * own; called by main.js and screen.js. The key never stands in an address.
 */
/** @import {Paired} from "../types.d.ts" */

const KEY = "bangtin.screen";

/** What the device kept of its pairing; null where it is not paired. @param {Pick<Storage, "getItem">} storage @returns {Paired | null} */
export function readPaired(storage) {
  try {
    const { screen, key, board } = JSON.parse(storage.getItem(KEY) ?? "null") ?? {};
    return typeof screen === "string" && typeof key === "string"
      ? { screen, key, board: String(board) }
      : null;
  } catch {
    return null;
  }
}

/** @param {Pick<Storage, "setItem">} storage @param {Paired} paired */
export function keepPaired(storage, paired) {
  storage.setItem(KEY, JSON.stringify(paired));
}

/**
 * What the server says of a key: it is worth nothing any more, it belongs to another board than remembered, or neither.
 * A server that is away, or an answer that breaks off, says nothing.
 * @param {typeof globalThis.fetch} fetch @param {Paired} paired @param {number} deadline ms
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
 * `auth` goes with CONNECT, `headers` with each request, `path` names the state; `name` is that of what is kept here.
 * @param {string} slug the board of the page's address, empty on /screen
 * @param {Paired | null} paired
 */
export function identify(slug, paired) {
  if (slug || !paired)
    return { name: slug, board: slug, auth: { board: slug }, headers: {}, scope: "/board/", screen: false };
  const { screen, key, board } = paired;
  const headers = { Authorization: `Bearer ${key}` };
  return { name: `screen-${screen}`, board, auth: { screen, key }, headers, scope: "/screen", screen: true };
}
