/**
 * What somebody types in the composer is never lost: autosave on the server or, offline, in this browser; Back and a
 * reload open it again. Used by compose.js.
 */
import { forgetLocally, keepLocally, LEAVING, localKeys, person, sendLocal, typedLocally } from "./drafts.js";

const SAVE_MS = 1500;

/**
 * @typedef {HTMLFormElement & {
 *   dataset: {
 *     keep: string, saved: string, local: string, left: string, noArea: string, preview: string, upload: string, library: string,
 *   },
 *   elements: {
 *     id?: HTMLInputElement, key: HTMLInputElement, csrf_token: HTMLInputElement, area: HTMLSelectElement, table: HTMLTextAreaElement,
 *   },
 * }} ComposeForm addresses: `keep` of autosave, `preview`, `upload`, `library`; sentences: `saved`, `local` (not sent)
 */

/** The element that the page surely has. @param {string} selector @param {ParentNode} [root] */
export const part = (selector, root = document) => /** @type {HTMLElement} */ (root.querySelector(selector));

/** Sends what is typed to the server's autosave; where that fails, keeps it in this browser until it succeeds. */
export class Autosave {
  /** @param {ComposeForm} form */
  constructor(form) {
    this.form = form;
    this.line = part("#kept");
    this.timer = 0;
    /** @type {Promise<void>} */
    this.pending = Promise.resolve();
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.timer && this.saveLocally());
    addEventListener(LEAVING, () => {
      if (this.timer) this.saveLocally();
      clearTimeout(this.timer);
      this.timer = 0;
    });
  }

  get key() {
    return this.form.elements.key.value;
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
    const typed = /** @type {[string, string][]} */ (
      [...new FormData(this.form)].filter(
        ([name, value]) => name !== "csrf_token" && typeof value === "string",
      )
    );
    keepLocally(this.key, typed);
  }

  forget() {
    forgetLocally(this.key);
  }

  /** Puts what this browser kept of this form while the server was away back into it, and saves it there. */
  restore() {
    const asked = new URLSearchParams(location.search).get("typed");
    const typed = typedLocally(asked ?? this.key);
    if (!typed) return;
    if (asked) this.form.elements.key.value = asked;
    /** @type {Map<string, string[]>} */
    const values = new Map();
    for (const [name, value] of typed) values.set(name, [...(values.get(name) ?? []), value]);
    for (const field of /** @type {Iterable<HTMLInputElement>} */ (this.form.elements))
      restoreField(field, values.get(field.name) ?? []);
    this.save();
  }

  /** Sends what other forms of this person left in this browser, and offers it. */
  async sendOthers() {
    const { keep, left } = this.form.dataset;
    for (const key of localKeys().filter((one) => one !== this.key)) {
      const title = typedLocally(key)?.find(([name]) => name === "title")?.[1];
      if (!(await sendLocal(key, keep, this.form.elements.csrf_token.value))) continue;
      const link = document.createElement("a");
      link.href = `?typed=${key}`;
      link.textContent = `${left} ${title ?? ""}`;
      const line = document.createElement("p");
      line.className = "message";
      line.append(link);
      this.form.before(line);
    }
  }
}

/** The history entry of this page names its form, so that Back finds the same one. @param {ComposeForm} form */
export function rememberForm(form) {
  history.replaceState({ person: person(), key: form.elements.key.value }, "");
}

/** Back or a reload: what was typed is opened again, what was sent is said. True if another page is being loaded.
 * @param {ComposeForm} form */
export function returned(form) {
  const { person: who, key, sent } = history.state ?? {};
  const [load] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  if (load?.type === "navigate" || !key || who !== person()) return false;
  if (sent) {
    const place = part("#sent");
    /** @type {HTMLAnchorElement} */ (part("a", place)).href = sent;
    place.hidden = false;
    return false;
  }
  const address = new URL(location.href);
  if (key === form.elements.key.value || address.searchParams.get("typed") === key) return false;
  address.searchParams.set("typed", key);
  location.replace(address);
  return true;
}

/** @param {HTMLInputElement} field @param {string[]} values */
function restoreField(field, values) {
  if (
    ["csrf_token", "version", "id", "key", "file", "original-file", ""].includes(field.name) ||
    field.type === "file"
  )
    return;
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (values[0] !== undefined) field.value = values[0];
}
