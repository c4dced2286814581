/**
 * Asks for a pairing code and waits until somebody has typed it at the desk; called by screen.js.
 *
 * A code is valid for ten minutes, then the next one replaces it; a server that is away is asked again, for ever.
 */
/** @import {Pairing, Timers} from "../types.d.ts" */

const ASK_EVERY = 2_000;
const AGAIN = 5_000;
const DEADLINE = 8_000;

/**
 * @param {{
 *   fetch: typeof globalThis.fetch, timers: Timers, now: () => number,
 *   onCode: (code: {code: string, qr: string, lasts: number}) => void, onAway: () => void,
 *   onPaired: (paired: Pairing) => void,
 * }} options `now` is monotonic; `lasts` are the milliseconds that the code is valid
 */
export function createPairing({ fetch, timers, now, onCode, onAway, onPaired }) {
  let running = false;

  /** @param {number} ms */
  const wait = (ms) => new Promise((resolve) => timers.setTimeout(() => resolve(null), ms));

  /** @param {string} address @param {RequestInit} options */
  async function ask(address, options) {
    const signal = AbortSignal.timeout(DEADLINE);
    return fetch(address, { ...options, signal, cache: "no-store" }).catch(() => null);
  }

  /** Handles one code until it ends; true where it was claimed and a key has come. */
  async function attempt() {
    const answer = await ask("/screen/pairing", { method: "POST" });
    if (!answer?.ok) {
      onAway();
      await wait(AGAIN);
      return false;
    }
    const { code, secret, lasts, qr } = await answer.json();
    const end = now() + lasts;
    onCode({ code, qr, lasts });
    while (running && now() < end) {
      await wait(ASK_EVERY);
      const found = await ask(`/screen/pairing/${code}`, { headers: { Authorization: `Bearer ${secret}` } });
      if (found?.status === 200) {
        onPaired(await found.json());
        return true;
      }
      // 404: the code is no longer valid. Any other answer may be temporary.
      if (found?.status === 404) return false;
    }
    return false;
  }

  /** An incomplete answer, or a captive portal's page instead of it, counts as no answer. */
  async function safely() {
    try {
      return await attempt();
    } catch {
      onAway();
      await wait(AGAIN);
      return false;
    }
  }

  return {
    async start() {
      running = true;
      while (running && !(await safely()));
      running = false;
    },
    stop() {
      running = false;
    },
  };
}

/** "BCDF GHJK". @param {string} code */
export function spaced(code) {
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}

/** "Mã đổi sau 9 phút 05 giây". @param {number} ms */
export function remaining(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")];
  return minutes ? `Mã đổi sau ${minutes} phút ${rest} giây` : `Mã đổi sau ${rest} giây`;
}
