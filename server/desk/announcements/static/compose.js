/**
 * The composer: a preview while the writer types, uploads, and autosave on the server or, offline, in the browser.
 * Loaded by templates/composer/new.html; without it the form still works, with less help.
 */

const PREVIEW_MS = 500;
const SAVE_MS = 1500;
const ASK_MS = 300;
const MOST_ASKS = 400;

/**
 * @typedef {HTMLFormElement & {
 *   dataset: {keep: string, saved: string, local: string, preview: string, upload: string, library: string},
 *   elements: {
 *     id?: HTMLInputElement, csrf_token: HTMLInputElement, area: HTMLSelectElement, table: HTMLTextAreaElement,
 *   },
 * }} ComposeForm addresses: `keep` of autosave, `preview`, `upload`, `library`; sentences: `saved`, `local` (not sent)
 * @typedef {HTMLElement & {dataset: {kind: string}}} Done what the server answers when an upload is ready
 */

/** The element that the page surely has. @param {string} selector @param {ParentNode} [root] */
const part = (selector, root = document) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** @param {Event} event @param {string} selector */
const closest = (event, selector) =>
  /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(selector));

/** @param {ComposeForm} form */
function compose(form) {
  const autosave = new Autosave(form);
  let timer = 0;
  const changed = () => {
    autosave.changed();
    clearTimeout(timer);
    timer = setTimeout(() => preview(form), PREVIEW_MS);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, /** @type {HTMLButtonElement | null} */ (event.submitter), autosave);
  });
  files(form, changed);
  part("#preview").addEventListener("click", (event) => {
    const button = closest(event, "[data-page]");
    if (button) preview(form, button.dataset.page);
  });
  autosave.restore();
  preview(form);
}

/** Sends what is typed to the server's autosave; where that fails, keeps it in this browser until it succeeds. */
class Autosave {
  /** @param {ComposeForm} form */
  constructor(form) {
    this.form = form;
    this.key = `compose ${form.elements.id?.value ?? "new"}`;
    this.line = part("#kept");
    this.timer = 0;
    /** @type {Promise<void>} */
    this.pending = Promise.resolve();
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.timer && this.saveLocally());
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_MS);
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.pending = this.saveRemotely();
    return this.pending;
  }

  /** Saves no more: the form itself is being sent. Resolves when a save under way has ended. */
  async stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    await this.pending;
  }

  async saveRemotely() {
    const { keep, saved, local } = this.form.dataset;
    try {
      const answer = await fetch(keep, { method: "POST", body: new FormData(this.form) });
      // The sign-in page, say, has saved nothing.
      if (answer.status !== 204) throw new TypeError("not kept");
      this.forget();
      const now = new Date().toLocaleTimeString("vi-VN", {
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
      this.line.textContent = `${saved} ${now}.`;
    } catch {
      this.saveLocally();
      this.line.textContent = local;
    }
  }

  saveLocally() {
    const typed = [...new FormData(this.form)].filter(
      ([name, value]) => name !== "csrf_token" && typeof value === "string",
    );
    try {
      localStorage.setItem(this.key, JSON.stringify(typed));
    } catch {
      // A full or forbidden storage: the page itself still holds the text.
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // As above.
    }
  }

  /** Puts what this browser kept while the server was away back into the form, and saves it there. */
  restore() {
    /** @type {[string, string][] | null} */
    let typed = null;
    try {
      typed = JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      return;
    }
    // A page opened for something else (a template, a copy, a kind) is not overwritten.
    if (!typed || location.search) return;
    /** @type {Map<string, string[]>} */
    const values = new Map();
    for (const [name, value] of typed) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of /** @type {Iterable<HTMLInputElement>} */ (this.form.elements))
      restoreField(field, values.get(field.name) ?? []);
    this.save();
  }
}

/** @param {HTMLInputElement} field @param {string[]} values */
function restoreField(field, values) {
  if (["csrf_token", "version", "id", "file", ""].includes(field.name) || field.type === "file") return;
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (values[0] !== undefined) field.value = values[0];
}

/** @param {ComposeForm} form @param {string} [page] of an announcement of several pages, from "0" */
async function preview(form, page = "0") {
  const place = part("#preview");
  const body = new FormData(form);
  body.set("page", page);
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // Without a connection the last preview stays; sending reports what is wrong.
  }
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
  disableButtons(form, true);
  await autosave.stop();
  try {
    // With this header the server names the next page instead of sending it, so that its message is shown there.
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const next = answer.headers.get("HX-Redirect");
    const signIn = next?.includes("/login");
    if (next && !signIn) {
      autosave.forget();
      location.assign(next);
      return;
    }
    // The session has ended: what was typed waits in this browser until its writer has signed in again.
    if (signIn || [400, 401, 403].includes(answer.status)) {
      autosave.saveLocally();
      location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (![409, 422].includes(answer.status)) throw new TypeError("not a page of the composer");
    showComplaints(await answer.text());
  } catch {
    autosave.saveLocally();
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
    disableButtons(form, false);
  }
}

/** Replaces the page by the one in which the server marked what is wrong. @param {string} html */
function showComplaints(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = part("#main", page);
  part("#main").replaceWith(main);
  const again = /** @type {ComposeForm | null} */ (document.querySelector("#compose"));
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
  choose.addEventListener("change", () => {
    for (const file of choose.files ?? []) upload(form, file, changed);
    choose.value = "";
  });
  for (const name of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") for (const file of event.dataTransfer?.files ?? []) upload(form, file, changed);
    });
  }
  list.addEventListener("click", (event) => {
    const item = closest(event, ".file");
    const move = closest(event, "[data-move]")?.dataset.move;
    if (move === "-1") item?.previousElementSibling?.before(item);
    if (move === "1") item?.nextElementSibling?.after(item);
    if (closest(event, "[data-drop-file]")) item?.remove();
    if (move || !item?.isConnected) changed();
    if (move) /** @type {HTMLElement} */ (event.target).focus();
  });
  part("[data-library]", form).addEventListener("click", () => library(form, changed));
}

/** @param {ComposeForm} form @param {File} file @param {() => void} changed */
async function upload(form, file, changed) {
  const place = document.createElement("div");
  part("#uploads", form).append(place);
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("area", form.elements.area.value);
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
  /** @type {HTMLInputElement} */ (part(`[name=kind][value=${done.dataset.kind}]`, form)).checked = true;
  const table = /** @type {HTMLTextAreaElement | null} */ (done.querySelector("[data-table]"));
  if (table) form.elements.table.value = table.value.trimEnd();
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
if (form) compose(form);
