// What every page of the desk does: the menu of a telephone, toasts that go away, buttons that are held. Called by base.html.
import { holdButtons } from "./hold.js";

const TOAST_MS = 10_000;

function fold(button) {
  const menu = document.getElementById(button.getAttribute("aria-controls"));
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(menu.classList.toggle("open")));
  });
}

function fade(toast) {
  if (toast.dataset.fading) return;
  toast.dataset.fading = "yes";
  // Whoever is on it, by mouse or by keyboard, is still reading.
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, TOAST_MS);
    else toast.remove();
  };
  setTimeout(leave, TOAST_MS);
}

function prepare(root) {
  for (const button of root.querySelectorAll("[data-fold]")) fold(button);
  for (const toast of root.querySelectorAll("[data-toast]")) fade(toast);
  holdButtons(root);
}

// An open menu closes when one goes elsewhere or presses Escape.
function closeSheets(event) {
  for (const sheet of document.querySelectorAll("details.me[open]")) {
    if (event.key === "Escape" || (event.type === "click" && !sheet.contains(event.target))) sheet.open = false;
  }
}

document.addEventListener("click", closeSheets);
document.addEventListener("keydown", closeSheets);
// What htmx brings later is prepared when it arrives.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node instanceof Element && node.parentElement) prepare(node.parentElement);
  }
}).observe(document.body, { childList: true, subtree: true });
prepare(document);

// The first visit only: over a slow line the fonts would hold back what the page does. See base.html.
const letters = document.querySelector("meta[name=letters]");
if (letters) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = letters.content;
  sheet.addEventListener("load", async () => {
    await document.fonts.ready;
    document.cookie = `letters=${letters.content}; path=/desk/; max-age=31536000; SameSite=Lax`;
  });
  const fetchThem = () => document.head.append(sheet);
  if (document.readyState === "complete") fetchThem();
  else addEventListener("load", fetchThem);
}
