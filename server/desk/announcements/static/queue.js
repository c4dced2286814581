// The queue: rows that are dragged into another order, and a box that ticks all. Called by templates/queue/index.html.
import Sortable from "./vendor/sortable.js";

function prepare() {
  const rows = document.querySelector("[data-sortable]:not([data-prepared])");
  if (rows) {
    rows.dataset.prepared = "yes";
    Sortable.create(rows, {
      animation: 150,
      filter: "a, button, input, textarea, summary, label",
      preventOnFilter: false,
      onEnd: ({ oldIndex, newIndex }) => oldIndex !== newIndex && document.querySelector("#order").requestSubmit(),
    });
  }
}

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) for (const box of document.querySelectorAll(`.${all.dataset.all}`)) box.checked = all.checked;
});
// A search brings rows of its own.
new MutationObserver(prepare).observe(document.querySelector("main"), { childList: true, subtree: true });
prepare();
