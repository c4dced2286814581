/**
 * Pages of sources: what a trial finds appears without loading the page again, and the boards of the chosen area are
 * suggested. Loaded by templates/look.html, one.html and try.html; without it a waiting page reloads itself.
 */
import { answerOf, show } from "./answers.js";

const ASK_MS = 700;

/** Asks for the page again until nothing on it waits; only what has changed is replaced. */
async function follow() {
  while (document.querySelector("[data-waits]")) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const html = await answerOf(location.href);
    const main = html && new DOMParser().parseFromString(html, "text/html").querySelector("#main");
    if (main) show(/** @type {Element} */ (document.querySelector("#main")), main.innerHTML);
  }
}

document.addEventListener("change", ({ target }) => {
  const field = /** @type {HTMLInputElement | HTMLSelectElement} */ (target);
  const form = field.form;
  const name = field.closest(".file-choice")?.querySelector("output");
  if (name && field instanceof HTMLInputElement && field.files?.[0]) name.textContent = field.files[0].name;
  if (field.name === "boards" && form) form.dataset.chosen = "yes";
  // What was ticked by hand stays as it is.
  if (!("areaChoice" in field.dataset) || !form || form.dataset.chosen) return;
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = form.querySelectorAll("[name=boards]");
  for (const box of boxes) box.checked = box.dataset.area === field.value;
});
follow();
