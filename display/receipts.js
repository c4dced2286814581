/**
 * The screen's word about notices: received, shown, ended; called by main.js.
 *
 * Batched, sent by link.js, kept (over page loads too) until the server has acknowledged them.
 */
/** @import {Notice, Receipt, ReceiptsKept, Timers} from "./types.d.ts" */

const MOST_QUEUED = 500;
const BATCH = 100;
/** Word of one notice comes in pairs (received, shown): one message for both. */
const GATHER = 100;
const AGAIN = 5_000;

/**
 * @param {{
 *   send: (batch: Receipt[]) => Promise<boolean>, timers: Timers, kept?: ReceiptsKept | null,
 *   onChange?: (kept: ReceiptsKept) => void,
 * }} options `send` answers whether the server has acknowledged
 */
export function createReceipts({ send, timers, kept = null, onChange }) {
  let queue = [...(kept?.queue ?? [])];
  const seen = new Map((kept?.seen ?? []).map((entry) => [entry.id, { ...entry }]));
  let sending = false;
  let armed = false;

  const snapshot = () => ({ queue: [...queue], seen: [...seen.values()] });

  /** @param {Receipt} receipt */
  function add(receipt) {
    queue = [...queue, receipt].slice(-MOST_QUEUED);
    arm(GATHER);
  }

  /** @param {number} ms */
  function arm(ms) {
    if (armed) return;
    armed = true;
    timers.setTimeout(() => {
      armed = false;
      void flush();
    }, ms);
  }

  async function flush() {
    if (sending || !queue.length) return;
    sending = true;
    const batch = queue.slice(0, BATCH);
    const done = await send(batch);
    sending = false;
    if (done) {
      queue = queue.filter((receipt) => !batch.includes(receipt));
      onChange?.(snapshot());
    }
    if (queue.length) arm(done ? 0 : AGAIN);
  }

  return {
    flush,
    snapshot,
    /**
     * Compares the notices that are known at `now` (server time) with those of before.
     * @param {Notice[]} notices @param {number} now
     */
    observe(notices, now) {
      const live = new Map(notices.filter(({ until }) => now < until).map((notice) => [notice.id, notice]));
      let changed = false;
      for (const { id, hash } of live.values()) {
        if (seen.get(id)?.hash === hash) continue;
        seen.set(id, { id, hash, shown: false });
        add({ id, kind: "received", at: Math.round(now) });
        changed = true;
      }
      for (const id of [...seen.keys()]) {
        if (live.has(id)) continue;
        seen.delete(id);
        add({ id, kind: "ended", at: Math.round(now) });
        changed = true;
      }
      if (changed) onChange?.(snapshot());
    },
    /** After the paint. @param {Notice} notice @param {number} now */
    shown({ id, hash }, now) {
      const entry = seen.get(id);
      if (entry?.hash !== hash || entry.shown) return;
      entry.shown = true;
      add({ id, kind: "shown", at: Math.round(now) });
      onChange?.(snapshot());
    },
  };
}
