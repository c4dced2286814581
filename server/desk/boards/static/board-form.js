/**
 * The form of a board: rows are added, moved and dropped without loading the page, and a preview follows every change.
 * Loaded by templates/form.html; without it every button of a row sends the form and loads the page.
 */
import Sortable from "./vendor/sortable.js";

const PREVIEW_MS = 250;

/** @typedef {HTMLFormElement & {dataset: {preview: string}}} BoardForm */

/** Asks for the preview, 250 ms after the last change; only the newest answer is shown. @param {BoardForm} form */
function previewer(form) {
  const place = /** @type {HTMLElement} */ (document.querySelector("#seen"));
  const failed = /** @type {HTMLElement} */ (document.querySelector("#unseen"));
  let timer = 0;
  let newest = 0;
  async function draw() {
    newest += 1;
    const mine = newest;
    let html = null;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      if (answer.ok && !answer.redirected) html = await answer.text();
    } catch {
      // The message below says so, and the last preview stays.
    }
    if (mine !== newest) return;
    failed.hidden = html !== null;
    if (html !== null) place.innerHTML = html;
  }
  return () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PREVIEW_MS);
  };
}

/** @param {BoardForm} form @param {() => void} changed */
function makeSortable(form, changed) {
  const lists = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-rows]"));
  for (const list of lists) Sortable.create(list, { animation: 150, handle: "[data-grip]", onEnd: changed });
}

/**
 * Sends a row's button to the server and replaces the form's sections by those of the answer. TypeError where the
 * answer is not the form.
 * @param {BoardForm} form @param {HTMLButtonElement} button
 */
async function act(form, button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const after = page.querySelector("#board-form");
  if (!answer.ok || !after) throw new TypeError("not the form");
  for (const section of form.querySelectorAll("section")) {
    const name = section.getAttribute("aria-labelledby");
    const fresh = after.querySelector(`section[aria-labelledby="${name}"]`);
    section.replaceWith(/** @type {Element} */ (fresh));
  }
  restoreFocus(form, button);
}

/**
 * Keeps the keyboard's place: on the button of a row that was moved, in a row that was added, else on "add".
 * @param {BoardForm} form @param {HTMLButtonElement} button its value is "ROWS-ACTION…"
 */
function restoreFocus(form, { id, value }) {
  const [rows, action] = value.split("-");
  const add = /** @type {HTMLElement} */ (form.querySelector(`#${rows}-add`));
  const list = add.closest("p")?.previousElementSibling;
  /** @type {HTMLElement | null | undefined} */
  const fresh = list?.lastElementChild?.querySelector("select, input:not([type=hidden])");
  /** @type {HTMLElement | null | undefined} */
  const again = action === "add" ? fresh : form.querySelector(`#${CSS.escape(id)}`);
  (again ?? add).focus();
}

/**
 * Does what a row's button asks for; where that fails, sends the form as without this script: the page that comes says
 * what is wrong.
 * @param {BoardForm} form @param {HTMLButtonElement} button @param {() => void} changed
 */
async function actOrSend(form, button, changed) {
  try {
    await act(form, button);
  } catch {
    const { value } = button;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "do", value }));
    form.submit();
    return;
  }
  makeSortable(form, changed);
  changed();
}

/** @param {BoardForm} form */
function prepare(form) {
  const changed = previewer(form);
  // One after the other: a second button pressed before the first answer must not send the form without its row.
  let acting = Promise.resolve();
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button?.name !== "do") return;
    event.preventDefault();
    acting = acting.then(() => actOrSend(form, button, changed));
  });
  makeSortable(form, changed);
}

prepare(/** @type {BoardForm} */ (document.querySelector("#board-form")));
