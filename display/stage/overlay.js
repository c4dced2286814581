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
     */
    urgent(notice, body, zone) {
      const key = notice ? `${notice.id} ${notice.hash} ${body !== undefined}` : "";
      if (key === urgentKey) return;
      urgentKey = key;
      if (notice) closeDialogs(document);
      notices.hidden = notice === null;
      stage.inert = notice !== null;
      notices.replaceChildren(...(notice ? [section(notice, body ? parse(body.html) : null, zone)] : []));
      if (notice) afterPaint(timers, () => void (urgentKey === key && onShown(notice)));
    },
    /** @param {Notice | null} notice */
    banner(notice) {
      const key = notice ? `${notice.id} ${notice.hash}` : "";
      if (key === bannerKey) return;
      bannerKey = key;
      banner.hidden = notice === null;
      bannerText.textContent = notice ? `${notice.exercise ? "DIỄN TẬP: " : ""}${notice.title}` : "";
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

/** @param {Document} document @param {Notice} notice @param {string} zone */
function bare(document, notice, zone) {
  const words = document.createDocumentFragment();
  const title = document.createElement("h1");
  title.textContent = notice.title;
  const ends = document.createElement("p");
  const { time, day } = wallTime(notice.until, zone);
  ends.textContent = `${notice.exercise ? "DIỄN TẬP. " : ""}Hiệu lực đến ${time} ngày ${day}`;
  words.append(title, ends);
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
