/**
 * The frame around the slides: clock, dates, progress, next title, age; main.js draws it for scheduler.js each second.
 *
 * It changes the page only where a text has changed.
 */
import { wallTime } from "../state/hours.js";
import { element } from "./overlay.js";
/** @import {AlertLine, Day, Place} from "../types.d.ts" */

const WEEKDAYS = ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"];
/** More parts than this cannot be distinguished on the progress line: then one part stands for all slides. */
const MOST_PARTS = 48;

/**
 * The texts of clock and dates; empty where the time is not trusted.
 * @param {number} now @param {string} zone @param {Day[]} calendar @param {boolean} trusted
 */
export function dateTexts(now, zone, calendar, trusted) {
  if (!trusted) return { minutes: "", seconds: "", solar: "", lunar: "", short: "" };
  const { date, day, time, seconds } = wallTime(now, zone);
  const entry = calendar.find((other) => other.date === date);
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()];
  const lunar = entry ? `Âm lịch: ${entry.lunar}` : "";
  // Without the name of the year, for boards with large type: "14 tháng Mười âm lịch".
  const short = entry ? `${entry.lunar.split(",")[0]} âm lịch` : "";
  return { minutes: time, seconds: `:${seconds}`, solar: entry?.solar ?? `${weekday}, ${day}`, lunar, short };
}

/**
 * "Cập nhật lúc 14:05", with the day where it is not today.
 * @param {number | null} heard server time of the last message @param {number} now @param {string} zone
 */
export function asOfText(heard, now, zone) {
  if (heard === null) return "";
  const then = wallTime(heard, zone);
  const day = then.date === wallTime(now, zone).date ? "" : ` ngày ${then.day}`;
  return `Cập nhật lúc ${then.time}${day}`;
}

/**
 * The progress line: how many parts, which one is current, how much of it has passed (0 to 1).
 * @param {Place | null} place @param {number} now
 */
export function progress(place, now) {
  if (!place) return { parts: 0, at: -1, part: 0, count: "" };
  const length = place.until === null ? 0 : place.until - place.start;
  const passed = length > 0 ? Math.min(1, Math.max(0, (now - place.start) / length)) : 0;
  const count = `${place.position} / ${place.count}`;
  if (place.count > MOST_PARTS)
    return { parts: 1, at: 0, part: (place.position - 1 + passed) / place.count, count };
  return { parts: place.count, at: place.position - 1, part: passed, count };
}

/** Speed of the running line, slow enough to be read. */
const LETTERS_A_SECOND = 7;

/** Milliseconds: how often, and for how long, a module of diodes says that data on alerts are missing. */
const ALERTS_EVERY = 60_000;
const ALERTS_FOR = 6_000;

/** Milliseconds: against burn-in the frame moves every three minutes, on all screens alike. */
const SHIFT_EVERY = 180_000;
const SHIFT = 6;

/**
 * The frame's offset at `now` in pixels: it goes around a square of 6.
 * @param {number} now
 */
export function shift(now) {
  const step = Math.floor(now / SHIFT_EVERY) % 4;
  return { x: step === 1 || step === 2 ? SHIFT : 0, y: step >= 2 ? SHIFT : 0 };
}

/** @param {Document} document */
export function createFrame(document) {
  const line = element(document, "progress");

  /** @param {string} id @param {string} text */
  function write(id, text) {
    const node = element(document, id);
    if (node.textContent !== text) node.textContent = text;
  }

  /** Chooses the size of the area's name: board.html has the lengths that fit, for all formats, in data-rooms. */
  function fitName() {
    const who = /** @type {HTMLElement | null} */ (document.querySelector(".who[data-rooms]"));
    const { layout = "", size = "" } = document.documentElement.dataset;
    const room = JSON.parse(who?.dataset.rooms ?? "{}")[layout]?.[size];
    if (!who || !room) return;
    const length = [...(element(document, "board-area").textContent ?? "")].length;
    who.classList.toggle("longest", length > room[1]);
    who.classList.toggle("long", length > room[0] && length <= room[1]);
  }

  /** @param {number} now */
  function move(now) {
    const { style } = document.documentElement;
    const { x, y } = shift(now);
    if (style.getPropertyValue("--shift-x") !== `${x}px`) style.setProperty("--shift-x", `${x}px`);
    if (style.getPropertyValue("--shift-y") !== `${y}px`) style.setProperty("--shift-y", `${y}px`);
  }

  /** Writes the list beside the slides and the running line; a board without them hides both. @param {string[]} titles */
  function writeTitles(titles) {
    const list = element(document, "coming");
    const key = titles.join("\n");
    if (list.dataset.titles === key) return;
    list.dataset.titles = key;
    list.replaceChildren(
      ...titles.map((title) => {
        const item = document.createElement("li");
        item.textContent = title;
        return item;
      }),
    );
    const text = titles.join("   •   ");
    const line = element(document, "ticker-text");
    line.textContent = text;
    line.style.setProperty("--seconds", `${Math.max(12, Math.round(text.length / LETTERS_A_SECOND))}s`);
  }

  /**
   * Writes that there is no alert into the footer, and that data are missing also into the banner and, for six seconds
   * a minute, over a module of diodes, which has no frame.
   * @param {AlertLine} alerts @param {number} now
   */
  function writeAlerts({ kind, text }, now) {
    const missing = kind === "missing" ? text : "";
    write("alerts", text);
    element(document, "alerts").dataset.kind = kind;
    element(document, "alerts").hidden = !text;
    write("banner-alerts", missing);
    write("alerts-page", missing);
    element(document, "alerts-page").hidden = !missing || now % ALERTS_EVERY >= ALERTS_FOR;
  }

  /** @param {ReturnType<typeof progress>} state */
  function draw({ parts, at, part }) {
    while (line.children.length > parts) line.lastElementChild?.remove();
    while (line.children.length < parts) line.append(document.createElement("li"));
    for (const [i, item] of /** @type {HTMLElement[]} */ ([...line.children]).entries()) {
      const role = i < at ? "past" : i === at ? "now" : "";
      if (item.className !== role) item.className = role;
      if (i === at) item.style.setProperty("--part", part.toFixed(3));
      else if (item.style.length) item.style.removeProperty("--part");
    }
  }

  return {
    /**
     * @param {{
     *   now: number, zone: string, calendar: Day[], trusted: boolean, place: Place | null,
     *   name: string, area: string, stale: boolean, heard: number | null, alerts: AlertLine,
     * }} seen
     */
    render({ now, zone, calendar, trusted, place, name, area, stale, heard, alerts }) {
      const texts = dateTexts(now, zone, calendar, trusted);
      write("clock-minutes", texts.minutes);
      write("clock-seconds", texts.seconds);
      // An urgent notice covers the frame and has a clock of its own.
      for (const clock of document.querySelectorAll("[data-clock]"))
        if (clock.textContent !== texts.minutes) clock.textContent = texts.minutes;
      write("date-solar", texts.solar);
      write("date-lunar", texts.lunar);
      write("date-lunar-short", texts.short);
      write("board-name", name);
      write("board-area", area);
      fitName();
      write("next-title", place?.next ?? "");
      writeTitles(place?.coming ?? []);
      const state = progress(place, now);
      write("count", state.count);
      draw(state);
      move(now);
      write("as-of", stale ? asOfText(heard, now, zone) : "");
      element(document, "as-of").hidden = !stale;
      writeAlerts(alerts, now);
    },
  };
}
