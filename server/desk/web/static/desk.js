/**
 * What every page of the desk does: a telephone's menu, toasts that disappear, buttons that are held, the strips of
 * live notices. Loaded by base.html.
 */
import { dateFields } from "./dates.js";
import { flushAtSignOut } from "./drafts.js";
import { holdButtons } from "./hold.js";
import { followStrips } from "./strips.js";

const TOAST_MS = 10_000;

/** A button that opens and closes the menu it controls. @param {HTMLElement} button */
function fold(button) {
  const menu = document.getElementById(button.getAttribute("aria-controls") ?? "");
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(menu?.classList.toggle("open")));
  });
}

/** Removes a toast after ten seconds. @param {HTMLElement} toast */
function fade(toast) {
  if (toast.dataset.fading) return;
  toast.dataset.fading = "yes";
  // Under the mouse or with the keyboard's focus it is still being read.
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, TOAST_MS);
    else toast.remove();
  };
  setTimeout(leave, TOAST_MS);
}

/** @param {ParentNode} root */
function prepare(root) {
  const find = (/** @type {string} */ selector) =>
    /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector));
  for (const button of find("[data-fold]")) fold(button);
  for (const toast of find("[data-toast]")) fade(toast);
  holdButtons(root);
  dateFields(root);
}

/** Closes an open menu on Escape, and on a click outside it. @param {MouseEvent | KeyboardEvent} event */
function closeMenus(event) {
  const menus = /** @type {NodeListOf<HTMLDetailsElement>} */ (
    document.querySelectorAll("details:is(.me, .bell)[open]")
  );
  for (const menu of menus) {
    const outside = event.type === "click" && !menu.contains(/** @type {Node} */ (event.target));
    if (outside || ("key" in event && event.key === "Escape")) menu.open = false;
  }
}

document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
// What htmx inserts later is prepared when it arrives.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes)
      if (node instanceof Element && node.parentElement) prepare(node.parentElement);
  }
}).observe(document.body, { childList: true, subtree: true });
prepare(document);
const strips = /** @type {(HTMLElement & {dataset: {strips: string}}) | null} */ (
  document.querySelector("[data-strips]")
);
if (strips) followStrips(strips);
const signOut = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-sign-out]"));
if (signOut) flushAtSignOut(signOut);

// On the first visit alone (base.html): over a slow line the fonts would delay the page's own work.
const letters = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=letters]"));
if (letters) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = letters.content;
  sheet.addEventListener("load", async () => {
    await document.fonts.ready;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs a secure context
    document.cookie = `letters=${letters.content}; path=/desk/; max-age=31536000; SameSite=Lax`;
  });
  const fetchThem = () => document.head.append(sheet);
  if (document.readyState === "complete") fetchThem();
  else addEventListener("load", fetchThem);
}
