/** The queue: rows are dragged into another order, one box ticks all. Loaded by templates/queue/index.html. */
import Sortable from "./vendor/sortable.js";

function sendOrder() {
  /** @type {HTMLFormElement} */ (document.querySelector("#order")).requestSubmit();
}

function prepare() {
  const rows = /** @type {HTMLElement | null} */ (
    document.querySelector("[data-sortable]:not([data-prepared])")
  );
  if (rows) {
    rows.dataset.prepared = "yes";
    Sortable.create(rows, {
      animation: 150,
      filter: "a, button, input, textarea, summary, label",
      preventOnFilter: false,
      onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && sendOrder(),
    });
  }
}

document.addEventListener("change", (event) => {
  const target = /** @type {Element} */ (event.target);
  const all = /** @type {HTMLInputElement | null} */ (target.closest("[data-all]"));
  if (!all) return;
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (
    document.querySelectorAll(`.${all.dataset.all}`)
  );
  for (const box of boxes) box.checked = all.checked;
});
// A search replaces the rows.
const main = /** @type {HTMLElement} */ (document.querySelector("main"));
new MutationObserver(prepare).observe(main, { childList: true, subtree: true });
prepare();
