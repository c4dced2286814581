/**
 * Receipts of notices (received, shown, ended) and of the slides shown; made by main.js.
 *
 * They are batched, sent by link.js, and kept over page loads until the server has acknowledged them. Receipts of
 * notices go at once, of slides once a minute, so that ten thousand screens cost the server 170 messages a second.
 */
/** @import {Notice, Receipt, StoredReceipts, Timers} from "../types.d.ts" */

const MOST_QUEUED = 500;
const BATCH = 100;
/** Milliseconds to wait, because receipts of a notice come in pairs (received, shown): one message for both. */
const GATHER = 100;
const AGAIN = 5_000;
const PLAYS_EVERY = 60_000;
/** Two days of slides of ten seconds: so long a lap is exact without a server. */
const MOST_PLAYS = 17_280;

/**
 * @param {{
 *   send: (batch: Receipt[]) => Promise<boolean>, timers: Timers, kept?: StoredReceipts | null,
 *   onChange?: (kept: StoredReceipts) => void, random?: () => number,
 * }} options `send` resolves to whether the server has acknowledged
 */
export function createReceipts({ send, timers, kept = null, onChange, random = () => 0.5 }) {
  let queue = [...(kept?.queue ?? [])];
  /** @type {Receipt[]} */
  let plays = [...(kept?.plays ?? [])];
  let playsArmed = false;
  const seen = new Map((kept?.seen ?? []).map((entry) => [entry.id, { ...entry }]));
  let sending = false;
  let armed = false;

  const snapshot = () => ({ queue: [...queue], seen: [...seen.values()], plays: [...plays] });

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

  function armPlays() {
    if (playsArmed) return;
    playsArmed = true;
    timers.setTimeout(flushPlays, PLAYS_EVERY * (0.5 + random()));
  }

  async function flushPlays() {
    while (plays.length) {
      const batch = plays.slice(0, BATCH);
      if (!(await send(batch))) break;
      const sent = new Set(batch);
      plays = plays.filter((play) => !sent.has(play));
    }
    onChange?.(snapshot());
    playsArmed = false;
    if (plays.length) armPlays();
  }

  if (plays.length) armPlays();

  return {
    flush,
    /** Adds the receipt of a silent test that was painted. @param {string} id @param {number} now */
    tested(id, now) {
      add({ id: `t${id}`, kind: "shown", at: Math.round(now) });
    },
    /** Adds the receipt of a slide that people can see. @param {string} hash @param {number} now */
    played(hash, now) {
      plays.push({ id: hash, kind: "shown", at: Math.round(now) });
      if (plays.length > MOST_PLAYS) plays = plays.slice(-MOST_PLAYS);
      armPlays();
    },
    snapshot,
    /** Takes in `kept` after the start. @param {StoredReceipts | null} late */
    restore(late) {
      if (!late) return;
      queue = [...late.queue, ...queue].slice(-MOST_QUEUED);
      plays = [...(late.plays ?? []), ...plays].slice(-MOST_PLAYS);
      for (const entry of late.seen) if (!seen.has(entry.id)) seen.set(entry.id, { ...entry });
      if (queue.length) arm(GATHER);
      if (plays.length) armPlays();
      onChange?.(snapshot());
    },
    /**
     * Adds receipts for notices that have come or ended since the last call; `now` is server time.
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
    /** Adds the receipt of a notice that was painted. @param {Notice} notice @param {number} now */
    shown({ id, hash }, now) {
      const entry = seen.get(id);
      if (entry?.hash !== hash || entry.shown) return;
      entry.shown = true;
      add({ id, kind: "shown", at: Math.round(now) });
      onChange?.(snapshot());
    },
  };
}
