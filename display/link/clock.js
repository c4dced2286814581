/**
 * Server time on a device whose own clock may be wrong; made by main.js, link.js and poll.js give it samples.
 *
 * The offset is the median of the three shortest round trips; it is slewed, never stepped while a slide is shown.
 * `local` is the device's time in milliseconds, monotonic within one page load.
 */

const SAMPLES = 9;
const SLEW = 0.1;
/** Milliseconds: a larger difference is not slewed but applied between two slides. */
const STEP = 1_000;
/** Milliseconds by which two samples may differ beyond what their round trips explain; else the older is dropped. */
const DRIFT = 250;
/** Milliseconds: a device clock that was further off is not trusted after a restart without a server. */
const TRUSTED_OFFSET = 300_000;

/** @typedef {{rtt: number, offset: number}} Sample */

/**
 * @param {{
 *   local: () => number, wall?: () => number, known?: {server: number, offset: number} | null,
 * }} options `wall` is the device's own clock, which unlike `local` may be set while the page runs. `known` is the last
 *   server time that an earlier page load knew, and the offset of the device's clock then.
 */
export function createClock({ local, wall = local, known = null }) {
  let applied = 0;
  let target = 0;
  let appliedAt = local();
  let trusted = true;
  let synced = false;
  let hinted = false;
  /** @type {Sample[]} */
  let samples = [];

  if (known) begin(known);

  /** @param {{server: number, offset: number}} before */
  function begin(before) {
    const at = local();
    trusted = Math.abs(before.offset) <= TRUSTED_OFFSET && isLater(at, before);
    applied = trusted ? before.offset : before.server - at;
    target = applied;
    appliedAt = at;
  }

  function slew() {
    const at = local();
    const room = Math.max(0, at - appliedAt) * SLEW;
    appliedAt = at;
    const gap = target - applied;
    if (Math.abs(gap) <= STEP) applied += Math.sign(gap) * Math.min(room, Math.abs(gap));
  }

  /** @param {Sample} sample */
  function take(sample) {
    // A sample's error is half its round trip at most: where one contradicts the newest, a clock was set in between.
    const fits = samples.filter(
      ({ rtt, offset }) => Math.abs(offset - sample.offset) <= (rtt + sample.rtt) / 2 + DRIFT,
    );
    samples = [...fits, sample].slice(-SAMPLES);
    slew();
    target = median(samples);
    if (!synced || hinted) applied = target;
    synced = true;
    hinted = false;
    trusted = true;
  }

  return {
    /** Server time now, in milliseconds; where it is not trusted, the true time is this or later. */
    now() {
      slew();
      return local() + applied;
    },
    /** Whether `now` is the server's time, not only a lower bound. */
    trusted: () => trusted,
    /** The part of the offset that is not applied yet, in milliseconds; above one second it waits for `settle`. */
    pending: () => target - applied,
    /** Applies a large correction at once; called between slides. */
    settle() {
      if (Math.abs(target - applied) > STEP) applied = target;
    },
    /**
     * Takes in one round trip: sent at `t0` and received at `t3` by `local`, `t1` and `t2` by server time.
     * @param {number} t0 @param {number} t1 @param {number} t2 @param {number} t3
     */
    sample(t0, t1, t2, t3) {
      if (!Number.isFinite(t0 + t1 + t2 + t3)) return;
      if (hinted) samples = [];
      take({ rtt: Math.max(0, t3 - t0 - (t2 - t1)), offset: (t1 - t0 + (t2 - t3)) / 2 });
    },
    /**
     * Takes in a server time without a round trip; used until the first `sample`.
     * @param {number} server
     */
    hint(server) {
      if (samples.length) return;
      take({ rtt: STEP, offset: server - local() });
      hinted = true;
    },
    /**
     * Takes in `known` after the start; ignored once a server time has come.
     * @param {{server: number, offset: number} | null} before
     */
    restore(before) {
      if (before && !synced) begin(before);
    },
    /**
     * What the next page load needs: the time now, and the offset of the device's clock as it is now, because it may
     * have been set since this page started.
     */
    known() {
      const server = Math.round(local() + target);
      return { server, offset: server - Math.round(wall()) };
    },
    synced: () => synced,
    /** The shortest round trip of the samples, for health; null before the first. */
    rtt: () => (samples.length ? Math.min(...samples.map(({ rtt }) => rtt)) : null),
    offset: () => target,
  };
}

/**
 * Whether the device's clock, corrected by the known offset, is later than the last known server time. Without the
 * correction a clock that is always slow would count as turned back.
 * @param {number} born @param {{server: number, offset: number}} known
 */
function isLater(born, { server, offset }) {
  return born + offset >= server;
}

/** @param {Sample[]} samples */
function median(samples) {
  const shortest = [...samples].sort((a, b) => a.rtt - b.rtt).slice(0, 3);
  const offsets = shortest.map(({ offset }) => offset).sort((a, b) => a - b);
  return /** @type {number} */ (offsets[(offsets.length - 1) >> 1]);
}
