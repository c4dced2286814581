/**
 * Two short tones for a new number of a hall's counters, made by Web Audio without a file; made by main.js.
 *
 * A browser that people use plays no sound before somebody has clicked; the guard's browser does
 * (--autoplay-policy). Where it is refused, nothing is kept for later, and health counts it.
 */

/** Hertz: a falling third, as in stations and halls. */
const TONES = [880, 698.46];
/** Seconds: the length of a tone, and when the second begins. */
const LENGTH = 0.45;
const SECOND = 0.28;
/** Of 1. */
const VOLUME = 0.12;

/** @param {{create: () => AudioContext, onRefused: () => void}} options `create` makes the page's only AudioContext */
export function createChime({ create, onRefused }) {
  /** @type {AudioContext | null} */
  let context = null;

  /** @param {AudioContext} sound @param {number} tone @param {number} at */
  function strike(sound, tone, at) {
    const oscillator = sound.createOscillator();
    const gain = sound.createGain();
    oscillator.frequency.value = tone;
    // From and to nearly nothing, so that nothing clicks.
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(VOLUME, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + LENGTH);
    oscillator.connect(gain).connect(sound.destination);
    oscillator.start(at);
    oscillator.stop(at + LENGTH);
  }

  return () => {
    try {
      context ??= create();
    } catch {
      // A device without sound.
      return onRefused();
    }
    if (context.state !== "running") {
      // Starts it for the next time, where the browser allows that; a late tone would say something false.
      void context.resume().catch(() => {});
      return onRefused();
    }
    for (const [i, tone] of TONES.entries()) strike(context, tone, context.currentTime + i * SECOND);
  };
}
