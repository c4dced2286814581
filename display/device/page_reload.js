/** Reloads the page when the server runs another build; called by main.js between slides. */

const SPREAD = 60_000;
/** Milliseconds between two reloads for one build: a reload may bring the old page (a cache, a partial upgrade). */
const AGAIN = 600_000;
const KEY = "bangtin.build";

/**
 * @param {{build: string, random: () => number, reload: () => void, storage: Pick<Storage, "getItem" | "setItem">}} options
 */
export function createPageReload({ build, random, reload, storage }) {
  let target = build;
  let due = 0;

  /** @param {string} other @param {number} now */
  function recently(other, now) {
    const [name, at] = (storage.getItem(KEY) ?? "").split(" ");
    return name === other && now - Number(at) < AGAIN;
  }

  return {
    /**
     * Called between slides only. Reloads within a minute or so of a new build, never under an urgent notice.
     * @param {string | undefined} other the server's build @param {number} now @param {boolean} urgent
     */
    check(other, now, urgent) {
      if (!other || other === build) {
        target = build;
        return;
      }
      if (other !== target) {
        target = other;
        due = now + random() * SPREAD;
      }
      if (urgent || now < due || recently(other, now)) return;
      storage.setItem(KEY, `${other} ${Math.round(now)}`);
      reload();
    },
  };
}
