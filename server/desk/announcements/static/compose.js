/**
 * The composer: a preview while the writer types, uploads, and autosave on the server or, offline, in the browser.
 * Loaded by templates/composer/new.html; without it the form still works, with less help.
 */

import { answerOf, asker, sayUnseen, show, typedSince } from "./answers.js";
import { Autosave, part, rememberForm, returned } from "./autosave.js";
import { person } from "./drafts.js";

const PREVIEW_MS = 500;
const ASK_MS = 300;
const MOST_ASKS = 400;

/** @typedef {HTMLElement & {dataset: {kind: string}}} Done what the server answers when an upload is ready */
/** @typedef {import("./autosave.js").ComposeForm} ComposeForm */

/** @param {Event} event @param {string} selector */
const closest = (event, selector) =>
  /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(selector));

/** A field that is corrected is no longer called wrong; dates.js judges days itself. @param {Event} event */
function settle(event) {
  const field = /** @type {HTMLElement} */ (event.target);
  const place = closest(event, ".wrong");
  if (!place || field.dataset.date) return;
  place.classList.remove("wrong");
  place.querySelector(".complaint")?.remove();
  field.removeAttribute("aria-invalid");
}

/** @param {ComposeForm} form */
function compose(form) {
  const autosave = new Autosave(form);
  const previews = asker((/** @type {string} */ page) => preview(form, page), PREVIEW_MS);
  const changed = () => {
    autosave.changed();
    previews.soon("0");
  };
  form.addEventListener("input", changed);
  form.addEventListener("input", settle);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, /** @type {HTMLButtonElement | null} */ (event.submitter), autosave);
  });
  files(form, changed);
  part("#preview").addEventListener("click", (event) => {
    const button = closest(event, "[data-page]");
    if (button) previews.now(button.dataset.page ?? "0");
  });
  autosave.restore();
  rememberForm(form);
  previews.now("0");
  return autosave;
}

/** @param {ComposeForm} form @param {string} page of an announcement of several pages, from "0" */
async function preview(form, page) {
  const body = new FormData(form);
  body.set("page", page);
  const html = await answerOf(form.dataset.preview, body);
  sayUnseen(html === null);
  if (html === null) return !form.isConnected;
  show(part("#preview"), html);
  return true;
}

/** @param {ComposeForm} form @param {boolean} disabled */
function disableButtons(form, disabled) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll(".acts button"));
  for (const button of buttons) button.disabled = disabled;
}

/**
 * Sends the form. Where that is not possible the page says so and keeps everything typed.
 * @param {ComposeForm} form @param {HTMLButtonElement | null} button @param {Autosave} autosave
 */
async function send(form, button, autosave) {
  const offline = part("#offline");
  offline.hidden = true;
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  const keepTyped = typedSince(form);
  disableButtons(form, true);
  await autosave.stop();
  try {
    // With this header the server names the next page instead of sending it, so that its message is shown there.
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const next = answer.headers.get("HX-Redirect");
    const signIn = next?.includes("/login");
    if (next && !signIn) {
      autosave.forget();
      history.replaceState({ person: person(), key: autosave.key, sent: next }, "");
      location.assign(next);
      return;
    }
    // The session has ended: what was typed waits in this browser until its writer has signed in again.
    if (signIn || [400, 401, 403].includes(answer.status)) {
      autosave.saveLocally();
      const back = new URL(location.href);
      back.searchParams.set("typed", autosave.key);
      location.assign(`/desk/login?next=${encodeURIComponent(back.pathname + back.search)}`);
      return;
    }
    if (![409, 422].includes(answer.status)) throw new TypeError("not a page of the composer");
    showComplaints(await answer.text(), keepTyped);
  } catch {
    autosave.saveLocally();
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
    disableButtons(form, false);
  }
}

/**
 * Replaces the page by the one in which the server marked what is wrong.
 * @param {string} html @param {(after: HTMLFormElement) => void} keepTyped what was typed since the form was sent
 */
function showComplaints(html, keepTyped) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = part("#main", page);
  const again = /** @type {ComposeForm | null} */ (main.querySelector("#compose"));
  if (again) keepTyped(again);
  part("#main").replaceWith(main);
  if (again) compose(again);
  (main.querySelector(".complaint, .message.error:not([hidden])") ?? main).scrollIntoView({
    block: "center",
  });
}

/**
 * Files: chosen, dropped or pasted, opened by the worker, put into order.
 * @param {ComposeForm} form @param {() => void} changed
 */
function files(form, changed) {
  const choose = /** @type {HTMLInputElement} */ (part("#file", form));
  const drop = part("[data-drop]", form);
  const list = part("#files", form);
  const take = () => {
    for (const file of choose.files ?? []) upload(form, file, changed);
    choose.value = "";
  };
  choose.addEventListener("change", take);
  take(); // on a slow line a file is chosen before this script has come
  for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") for (const file of event.dataTransfer?.files ?? []) upload(form, file, changed);
    });
  }
  const originals = part("#originals", form);
  const act = (/** @type {Event} */ event) => {
    const item = closest(event, ".file");
    const move = closest(event, "[data-move]")?.dataset.move;
    if (move === "-1") item?.previousElementSibling?.before(item);
    if (move === "1") item?.nextElementSibling?.after(item);
    if (closest(event, "[data-drop-file]")) item?.remove();
    if (move || !item?.isConnected) changed();
    if (move) /** @type {HTMLElement} */ (event.target).focus();
  };
  for (const each of [list, originals]) each.addEventListener("click", act);
  part("[data-library]", form).addEventListener("click", () => library(form, changed));
}

/** @param {ComposeForm} form @param {File} file @param {() => void} changed */
async function upload(form, file, changed) {
  const place = document.createElement("div");
  part("#uploads", form).append(place);
  const area = form.elements.area;
  if (!area.value) {
    message(place, "message error", `${file.name}: ${form.dataset.noArea}`);
    const send = () => {
      if (!area.value) return;
      area.removeEventListener("change", send);
      place.remove();
      void upload(form, file, changed);
    };
    area.addEventListener("change", send);
    return;
  }
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("area", area.value);
  body.set("file", file);
  message(place, "soft", `${file.name}…`);
  try {
    const answer = await fetch(form.dataset.upload, { method: "POST", body });
    if (!answer.ok || answer.redirected) throw new TypeError("not sent");
    place.innerHTML = await answer.text();
    await finish(place);
  } catch {
    message(place, "message error", `${file.name}: ${form.dataset.local}`);
    return;
  }
  const done = /** @type {Done | null} */ (place.querySelector("[data-done]"));
  if (!done) return;
  // What was missing is there: what was said of it, and of files that were refused before, is over.
  for (const over of form.querySelectorAll(".words > .message.error, [data-refused]")) over.remove();
  /** @type {HTMLInputElement} */ (part(`[name=kind][value=${done.dataset.kind}]`, form)).checked = true;
  const table = /** @type {HTMLTextAreaElement | null} */ (done.querySelector("[data-table]"));
  if (table) form.elements.table.value = table.value.trimEnd();
  const originals = part("#originals", form);
  if (table) originals.replaceChildren(); // the table that was there is replaced, and its file with it
  originals.append(...done.querySelectorAll(".original"));
  part("#files", form).append(...done.querySelectorAll(".file"));
  changed();
}

/** @param {HTMLElement} place @param {string} style @param {string} text */
function message(place, style, text) {
  const line = document.createElement("p");
  line.className = style;
  line.textContent = text;
  place.replaceChildren(line);
}

/** Asks until the worker has opened the file, for two minutes at most. @param {HTMLElement} place */
async function finish(place) {
  for (let asked = 0; asked < MOST_ASKS; asked += 1) {
    /** @type {HTMLElement & {dataset: {waits: string}} | null} */
    const waiting = place.querySelector("[data-waits]");
    if (!waiting) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const answer = await fetch(waiting.dataset.waits);
    if (answer.ok) place.innerHTML = await answer.text();
  }
}

/** @param {ComposeForm} form @param {() => void} changed */
async function library(form, changed) {
  const place = part("#library", form);
  const kind = /** @type {HTMLInputElement} */ (part("[name=kind]:checked", form)).value;
  const answer = await fetch(`${form.dataset.library}?kind=${kind}`);
  if (!answer.ok) return;
  place.innerHTML = await answer.text();
  place.addEventListener("click", (event) => {
    const taken = closest(event, "[data-take]");
    if (!taken) return;
    const file = /** @type {HTMLTemplateElement} */ (taken.parentElement?.querySelector("template"));
    part("#files", form).append(file.content.cloneNode(true));
    changed();
  });
  place.querySelector("button")?.focus();
}

const form = /** @type {ComposeForm | null} */ (document.querySelector("#compose"));
if (form && !returned(form)) compose(form).sendOthers();
// A page that the browser kept as it was (its form is sent, its buttons are off) is loaded anew.
addEventListener("pageshow", (event) => event.persisted && location.reload());
