/** Wall time in a board's zone, its panel hours and theme; called by view.js, frame.js, overlay.js and main.js. */

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone */
function formatOf(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/**
 * The wall time at `now` as text: `date` is ISO, `day` is 22/11/2026, `time` is 14:05, `seconds` is 09.
 * @param {number} now milliseconds since 1970 UTC
 * @param {string} zone an IANA name; throws RangeError where it is none
 */
export function wallTime(now, zone) {
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    day: `${part.day}/${part.month}/${part.year}`,
    time: `${part.hour}:${part.minute}`,
    seconds: `${part.second}`,
  };
}

/**
 * The theme of the day: the first of `themes` whose days include it, else the board's own.
 * @param {{theme: string, themes?: {theme: string, first: string, last: string}[], zone: string}} board
 * @param {number} now
 */
export function themeOf({ theme, themes = [], zone }, now) {
  if (!themes.length) return theme;
  const { date } = wallTime(now, zone);
  return themes.find(({ first, last }) => first <= date && date <= last)?.theme ?? theme;
}

/**
 * Whether the panel is on; always where there are no hours. An end before or at its start lies on the next day.
 * "HH:MM" texts are compared as strings.
 * @param {[string, string][]} hours
 * @param {number} now
 * @param {string} zone
 */
export function isOn(hours, now, zone) {
  if (!hours.length) return true;
  const { time } = wallTime(now, zone);
  return hours.some(([from, until]) =>
    from < until ? from <= time && time < until : from <= time || time < until,
  );
}
