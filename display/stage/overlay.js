/**
 * What covers the slides: urgent notices, the banner of priority notices, the curtain; called by scheduler.js.
 *
 * An urgent notice is shown at once, with its title alone where its body has not come.
 */
import { wallTime } from "../state/hours.js";
import { afterPaint } from "./stage.js";
/** @import {Body, Notice, Timers} from "../types.d.ts" */

/**
 * @param {{
 *   document: Document, timers: Timers, parse: (html: string) => DocumentFragment, onShown: (notice: Notice) => void,
 * }} options `onShown` is called after the paint, once each time that a notice appears
 */
export function createOverlay({ document, timers, parse, onShown }) {
  const notices = element(document, "notices");
  const banner = element(document, "banner");
  const bannerText = element(document, "banner-text");
  const bannerLabel = element(document, "banner-label");
  const curtain = element(document, "curtain");
  const stage = element(document, "stage");
  let urgentKey = "";
  let bannerKey = "";

  /** @param {Notice} notice @param {DocumentFragment | null} body @param {string} zone */
  function section(notice, body, zone) {
    const holder = document.createElement("section");
    holder.dataset.notice = notice.id;
    holder.dataset.risk = String(notice.risk);
    if (notice.exercise) holder.dataset.exercise = "";
    holder.append(body ?? bare(document, notice, zone));
    return holder;
  }

  return {
    /**
     * @param {Notice | null} notice the one to show, or null for none
     * @param {Body | undefined} body
     * @param {string} zone
     * @param {{position: number, count: number} | null} [place] which of how many urgent notices it is
     */
    urgent(notice, body, zone, place = null) {
      const key = notice ? `${notice.id} ${notice.hash} ${body !== undefined}` : "";
      if (key === urgentKey) {
        markPlace(notices, place);
        return;
      }
      urgentKey = key;
      if (notice) closeDialogs(document);
      notices.hidden = notice === null;
      stage.inert = notice !== null;
      notices.replaceChildren(...(notice ? [section(notice, body ? parse(body.html) : null, zone)] : []));
      markPlace(notices, place);
      if (notice) afterPaint(timers, () => void (urgentKey === key && onShown(notice)));
    },
    /** @param {Notice | null} notice */
    banner(notice) {
      const key = notice ? `${notice.id} ${notice.hash}` : "";
      if (key === bannerKey) return;
      bannerKey = key;
      banner.hidden = notice === null;
      const look = notice ? lookOf(notice) : "priority";
      const title = look === "calm" ? notice?.title.replace(OVER, "") : notice?.title;
      bannerText.textContent = notice ? `${notice.exercise ? "DIỄN TẬP: " : ""}${title}` : "";
      banner.dataset.look = look;
      bannerLabel.textContent = LABELS[look][isEnglish(notice) ? 1 : 0];
      if (notice) afterPaint(timers, () => void (bannerKey === key && onShown(notice)));
    },
    /** @param {"safe" | "dark" | "off" | "filler" | null} kind @param {string} name the board's, shown for safe and filler */
    curtain(kind, name) {
      const text = kind === "safe" || kind === "filler" ? name : "";
      curtain.hidden = kind === null;
      if (kind !== null && kind !== "filler") closeDialogs(document);
      if ((curtain.dataset.kind ?? null) !== kind) {
        if (kind === null) delete curtain.dataset.kind;
        else curtain.dataset.kind = kind;
      }
      if (curtain.textContent !== text) curtain.textContent = text;
    },
  };
}

/** Closes dialogs: an open one covers everything, whatever the style sheet says. @param {Document} document */
function closeDialogs(document) {
  for (const dialog of document.querySelectorAll("dialog")) if (dialog.open) dialog.close();
}

/**
 * Writes "1/2" into the notice's place for it; nothing if it is the only one.
 * @param {HTMLElement} notices @param {{position: number, count: number} | null} place
 */
function markPlace(notices, place) {
  const text = place && place.count > 1 ? `${place.position}/${place.count}` : "";
  for (const mark of notices.querySelectorAll("[data-place]"))
    if (mark.textContent !== text) mark.textContent = text;
}

/** What server/core/alerts/wanted.py puts before an all-clear; beside the banner's label it would be said twice. */
const OVER = /^(?:Đã hết hiệu lực|No longer in effect): /;

/** The label of the banner by its look, Vietnamese and English. @type {Record<"urgent" | "priority" | "calm", [string, string]>} */
const LABELS = {
  urgent: ["Khẩn cấp", "Urgent"],
  priority: ["Ưu tiên", "Important"],
  calm: ["Hết cảnh báo", "All clear"],
};

/** A drill never has the look of a real alarm. @param {Notice} notice */
function lookOf({ calm, level, exercise }) {
  return calm ? "calm" : level === "urgent" && !exercise ? "urgent" : "priority";
}

/** Whether a notice has English labels: its language is neither empty nor Vietnamese. @param {Notice | null} notice */
function isEnglish(notice) {
  return !/^(vi(-|$)|$)/i.test(notice?.language ?? "");
}

/** @param {Document} document @param {Notice} notice @param {string} zone */
function bare(document, notice, zone) {
  const words = document.createDocumentFragment();
  const title = document.createElement("h1");
  title.textContent = notice.title;
  const ends = document.createElement("p");
  const { time, day } = wallTime(notice.until, zone);
  const until = isEnglish(notice) ? `In force until ${time} on ${day}` : `Hiệu lực đến ${time} ngày ${day}`;
  ends.textContent = `${notice.exercise ? "DIỄN TẬP. " : ""}${until}`;
  const mark = document.createElement("p");
  mark.dataset.place = "";
  words.append(title, ends, mark);
  return words;
}

/**
 * The element of the page with this id; throws Error where the page has none.
 * @param {Document} document
 * @param {string} id
 */
export function element(document, id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}
