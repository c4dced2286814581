/** A digest of a set of hashes, the same as the server's; called by state.js for `sync` and for connecting. */

const PRIME = 0x100000001b3n;
const BASIS = 0xcbf29ce484222325n;
const MASK = 0xffffffffffffffffn;

/**
 * FNV-1a, 64 bits, over UTF-8, as 16 hex digits. Not crypto.subtle, which is missing on plain http.
 * @param {string} text
 */
export function fnv1a64(text) {
  let hash = BASIS;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  return hash.toString(16).padStart(16, "0");
}

/**
 * The digest of a set of hashes, whatever their order.
 * @param {string[]} hashes
 */
export function digest(hashes) {
  return fnv1a64([...new Set(hashes)].sort().join(","));
}
