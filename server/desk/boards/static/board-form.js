/**
 * The form of a board: rows are added, moved and dropped in the page itself, a preview follows every change, and what
 * is wrong is marked without losing what was typed meanwhile. Loaded by templates/form.html; without it every button
 * of a row sends the form and loads the page.
 */
import { answerOf, asker, sayUnseen, show, typedSince } from "./answers.js";
import Sortable from "./vendor/sortable.js";

const PREVIEW_MS = 250;
const MOST_ROWS = 60;

/** @typedef {HTMLFormElement & {dataset: {preview: string}}} BoardForm */

/** The element that the page surely has. @param {string} selector @param {ParentNode} [root] */
const part = (selector, root = document) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** Asks for the preview after the last change. @param {BoardForm} form */
function previewer(form) {
  return asker(async () => {
    const html = await answerOf(form.dataset.preview, new FormData(form));
    sayUnseen(html === null);
    if (html === null) return !form.isConnected;
    const answer = new DOMParser().parseFromString(html, "text/html");
    // What leaves the board is said at its lanes.
    const lost = part("#lost", answer);
    show(part("#lost"), lost.innerHTML);
    lost.remove();
    show(part("#seen"), answer.body.innerHTML);
    return true;
  }, PREVIEW_MS);
}

/** @param {BoardForm} form @param {() => void} changed */
function makeSortable(form, changed) {
  const lists = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-rows]"));
  for (const list of lists) Sortable.create(list, { animation: 150, handle: "[data-grip]", onEnd: changed });
}

/** Does what a row's button says: its value is ROWS-ACTION-KEY. @param {BoardForm} form @param {HTMLButtonElement} button */
function act(form, button) {
  const [rows = "", action] = button.value.split("-");
  const row = button.closest("li");
  if (action === "add") add(form, rows, button);
  else if (action === "up") row?.previousElementSibling?.before(row);
  else if (action === "down") row?.nextElementSibling?.after(row);
  else drop(form, rows, row);
  // A row that moves loses the focus.
  if (action === "up" || action === "down") button.focus();
}

/** @param {BoardForm} form @param {string} rows @param {HTMLButtonElement} button */
function add(form, rows, button) {
  const blank = /** @type {HTMLTemplateElement} */ (form.querySelector(`template[data-new=${rows}]`));
  const list = /** @type {Element} */ (blank.previousElementSibling);
  if (list.children.length >= MOST_ROWS) return;
  const keys = /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll(`[name=${rows}-key]`));
  const key = 1 + Math.max(-1, ...[...keys].map(({ value }) => Number(value)));
  const row = document.createElement("template");
  row.innerHTML = blank.innerHTML.replaceAll(/(?<=["-])NEW(?=["-])/g, String(key));
  list.append(row.content);
  /** @type {HTMLElement | null | undefined} */
  const first = list.lastElementChild?.querySelector("select, input:not([type=hidden])");
  (first ?? button).focus();
}

/** @param {BoardForm} form @param {string} rows @param {Element | null} row */
function drop(form, rows, row) {
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  row?.remove();
  /** @type {HTMLElement | null | undefined} */
  const near = next?.querySelector(`[value^=${rows}-drop-]`);
  (near ?? part(`#${rows}-add`, form)).focus();
}

/** The buttons of a row say which row they move. @param {Event} event */
function rename(event) {
  const field = /** @type {HTMLSelectElement | HTMLInputElement} */ (event.target);
  const row = field.closest("li");
  if (!row || row.querySelector("select, input:not([type=hidden])") !== field) return;
  const what = field instanceof HTMLSelectElement ? field.selectedOptions[0]?.text : field.value;
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (row.querySelectorAll("[data-label]"));
  for (const button of buttons) button.ariaLabel = (button.dataset.label ?? "").replace("{}", what ?? "");
}

/**
 * Saves the board. Where it cannot be saved the page says why, and everything typed stays, also what was typed after
 * the press. Resolves to the form that the page has now.
 * @param {BoardForm} form
 */
async function save(form) {
  const offline = part("#offline");
  offline.hidden = true;
  const keepTyped = typedSince(form);
  let html = null;
  try {
    // With this header the server names the next page instead of sending it, so that its message is shown there.
    const headers = { "HX-Request": "true" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
    const next = answer.headers.get("HX-Redirect");
    if (next && !next.includes("/login")) {
      location.assign(next);
      return form;
    }
    if (answer.status === 422) html = await answer.text();
  } catch {
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
    return form;
  }
  const page = html && new DOMParser().parseFromString(html, "text/html");
  const after = page && /** @type {BoardForm | null} */ (page.querySelector("#board-form"));
  // Another page (signing in, a refusal) is shown as without this script.
  if (!page || !after) {
    form.submit();
    return form;
  }
  keepTyped(after);
  part("#main").replaceWith(part("#main", page));
  prepare(after);
  (part(".complaint, .message.error:not([hidden])", after) ?? after).scrollIntoView({ block: "center" });
  return after;
}

/** @param {BoardForm} form @param {string[]} values of buttons of rows, in order */
function pressAgain(form, values) {
  for (const value of values) {
    const button = form.querySelector(`button[name=do][value="${CSS.escape(value)}"]`);
    if (button instanceof HTMLButtonElement) act(form, button);
  }
}

/** @param {BoardForm} form */
function prepare(form) {
  const changed = previewer(form).soon;
  let saving = false;
  /** @type {string[]} */
  const pressed = [];
  form.addEventListener("input", changed);
  form.addEventListener("change", rename);
  form.addEventListener("submit", async (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button && "native" in button.dataset) return;
    event.preventDefault();
    if (button?.name === "do") {
      // While it is being saved: the rows of the answer are other ones, in which the button is pressed again.
      if (saving) pressed.push(button.value);
      else act(form, button);
      changed();
    } else if (!saving) {
      saving = true;
      const after = await save(form);
      saving = false;
      pressAgain(after, pressed.splice(0));
    }
  });
  makeSortable(form, changed);
}

prepare(/** @type {BoardForm} */ (document.querySelector("#board-form")));
