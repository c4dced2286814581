/**
 * Server time on a device whose own clock may be wrong; called by main.js, fed by link.js.
 *
 * The median of the three shortest round trips; slewed, never stepped while a slide is on.
 * `local` is the device's time in milliseconds, monotonic within one page load.
 */

const SAMPLES = 9;
const SLEW = 0.1;
/** A larger difference is not slewed but waits for a boundary between slides. */
const STEP = 1_000;
/** How much two samples may differ beyond what their round trips allow before the older one counts as wrong. */
const DRIFT = 250;
/** A device clock that was more than this off cannot be believed after a restart without a server. */
const BELIEVABLE = 300_000;

/** @typedef {{rtt: number, offset: number}} Sample */

/**
 * @param {{
 *   local: () => number, wall?: () => number, known?: {server: number, offset: number} | null,
 * }} options `wall` is what the device's own clock says at present: unlike `local` it may be set meanwhile. `known` is
 *   the last server time that an earlier page load knew, and how far the device's clock was off then.
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
    trusted = Math.abs(before.offset) <= BELIEVABLE && isLater(at, before);
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
    // Each sample is wrong by half its round trip at most: one that contradicts the newest is of another clock.
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
    /** Server time now, in milliseconds. Not trusted: the true time is this or later. */
    now() {
      slew();
      return local() + applied;
    },
    /** Whether `now` may be taken for the time. */
    trusted: () => trusted,
    /** The difference that is on its way in, in milliseconds; above one second it waits for `settle`. */
    pending: () => target - applied,
    /** Between slides: takes a large correction at once. */
    settle() {
      if (Math.abs(target - applied) > STEP) applied = target;
    },
    /**
     * One round trip: sent and received by `local`, taken in and answered by server time.
     * @param {number} t0 @param {number} t1 @param {number} t2 @param {number} t3
     */
    sample(t0, t1, t2, t3) {
      if (!Number.isFinite(t0 + t1 + t2 + t3)) return;
      if (hinted) samples = [];
      take({ rtt: Math.max(0, t3 - t0 - (t2 - t1)), offset: (t1 - t0 + (t2 - t3)) / 2 });
    },
    /**
     * A server time heard one way, good for a start until the first round trip.
     * @param {number} server
     */
    hint(server) {
      if (samples.length) return;
      take({ rtt: STEP, offset: server - local() });
      hinted = true;
    },
    /**
     * `known`, where it could not be read in time for the start; of no use once the server has spoken.
     * @param {{server: number, offset: number} | null} before
     */
    recall(before) {
      if (before && !synced) begin(before);
    },
    /**
     * What the next page load must know: the time now and the error of the clock that it will start from, which is not
     * the one that this page started from where the device's clock was set meanwhile.
     */
    known() {
      const server = Math.round(local() + target);
      return { server, offset: server - Math.round(wall()) };
    },
    synced: () => synced,
    /** The shortest round trip held, for health; null before the first. */
    rtt: () => (samples.length ? Math.min(...samples.map(({ rtt }) => rtt)) : null),
    offset: () => target,
  };
}

/**
 * Whether the device's clock has gone on since `known`. One that is steadily slow is still behind that server time for
 * as long as it is slow; with its error it is not.
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
