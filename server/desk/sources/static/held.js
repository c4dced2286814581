/**
 * The list of stories that wait: one box ticks all of the page or of a source, and the bar says how many are ticked.
 * Loaded by templates/held.html; without it every story is ticked by itself.
 */

const many = /** @type {HTMLFormElement & {dataset: {count: string}} | null} */ (
  document.querySelector("#many")
);
if (many) prepare(many);

/** @param {HTMLFormElement & {dataset: {count: string}}} form */
function prepare(form) {
  const picks = /** @type {HTMLElement} */ (form.querySelector(".picks"));
  const chosen = /** @type {HTMLElement} */ (form.querySelector(".chosen"));
  const all = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-all]"));
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll("input[name=story]");
  picks.hidden = false;

  /** The boxes that one of the upper boxes stands for. @param {HTMLInputElement} one */
  const of = ({ dataset }) => [...boxes].filter((box) => !dataset.all || box.dataset.source === dataset.all);

  const tell = () => {
    const count = [...boxes].filter((box) => box.checked).length;
    chosen.textContent = form.dataset.count.replace("{}", String(count));
    for (const one of all) {
      const mine = of(one);
      const ticked = mine.filter((box) => box.checked).length;
      one.checked = ticked === mine.length;
      one.indeterminate = ticked > 0 && ticked < mine.length;
    }
    for (const button of form.querySelectorAll("button")) button.disabled = count === 0;
  };

  document.addEventListener("change", ({ target }) => {
    const one = /** @type {HTMLInputElement} */ (target);
    if (one.dataset.all !== undefined) for (const box of of(one)) box.checked = one.checked;
    tell();
  });
  // A page that comes back from the browser's history has its ticks.
  addEventListener("pageshow", tell);
}
