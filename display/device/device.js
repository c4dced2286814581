/**
 * What the page does with the device: wake lock, service worker, counting faults, measures for health; called by main.js.
 */
/** @import {Overflow} from "../types.d.ts" */

const MOST_OVERFLOWS = 50;
/** Milliseconds after which the list of pictures is sent again, so that failed ones are tried once more. */
const KEEP_AGAIN = 600_000;

/** @param {Window} window */
export function countFaults(window) {
  const faults = { errors: 0, last: "", kept: 0, stuck: 0, overflows: /** @type {Overflow[]} */ ([]) };
  /** @param {string} what */
  const note = (what) => {
    faults.errors += 1;
    faults.last = what.slice(0, 200);
  };
  window.addEventListener("error", (event) => note(event.message || "error"));
  window.addEventListener("unhandledrejection", (event) => note(String(event.reason)));
  window.document.addEventListener("securitypolicyviolation", (event) =>
    note(`policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
  return {
    faults,
    note,
    /** @param {Overflow[]} found */
    overflow(found) {
      const fresh = found.filter(
        ({ hash, element }) => !faults.overflows.some((old) => old.hash === hash && old.element === element),
      );
      for (const one of fresh) console.warn(`overflow: ${one.element} of ${one.hash} by ${one.by} px`);
      faults.overflows = [...faults.overflows, ...fresh].slice(-MOST_OVERFLOWS);
    },
  };
}

/**
 * Keeps the panel awake while the page is visible; without a secure context the guard does.
 * @param {Navigator} navigator @param {Document} document
 */
export function stayAwake(navigator, document) {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/**
 * Registers the service worker. `cold` tells whether the next start needs no server; `keep` sends the list of pictures.
 * @param {{
 *   navigator: Navigator, slug: string, scope: string, build: string, policy: import("../stage/trusted_types.js").Policy,
 *   note: (what: string) => void, local: () => number,
 * }} options `local` is the device's monotonic time in milliseconds
 */
export function createOffline({ navigator, slug, scope, build, policy, note, local }) {
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker : null;
  let sent = "";
  let sentAt = 0;
  const address = policy.createScriptURL(`/offline.js?build=${encodeURIComponent(build)}`);
  worker?.register(address, { scope, type: "module" }).catch((error) => note(`offline worker: ${error}`));
  return {
    cold: () => Boolean(worker?.controller),
    /** @param {string[]} addresses */
    keep(addresses) {
      const list = [...new Set(addresses)].sort();
      const key = list.join(" ");
      const at = local();
      if (!worker?.controller || (key === sent && at - sentAt < KEEP_AGAIN)) return;
      sent = key;
      sentAt = at;
      worker.controller.postMessage({ slug, keep: list });
    },
  };
}

/**
 * @param {Performance & {memory?: {usedJSHeapSize: number}}} performance
 * @param {Window} window
 */
export function measures(performance, window) {
  return {
    heap: performance.memory?.usedJSHeapSize ?? null,
    uptime: Math.round(performance.now() / 1_000),
    size: [window.innerWidth, window.innerHeight, window.devicePixelRatio],
  };
}
