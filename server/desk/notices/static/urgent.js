/**
 * The page of an urgent notice: prepared texts, a check while the writer types, a draft that survives a reload, the
 * countdown before acting alone, the progress on the screens. Loaded by templates/new.html and one.html; without it
 * the form still works, with less help.
 */

import { answerOf, asker, sayUnseen, show, typedSince } from "./answers.js";
import { LEAVING, urgentName } from "./drafts.js";

const CHECK_MS = 350;
const PROGRESS_MS = 250;
const PROGRESS_LATER_MS = 2000;
const QUICK_MS = 30_000;

/**
 * @typedef {HTMLFormElement & {
 *   dataset: {key: string, check: string, place: string},
 *   elements: HTMLFormControlsCollection & {
 *     danger: RadioNodeList, headline: HTMLInputElement, act1: HTMLInputElement, act2: HTMLInputElement,
 *     act3: HTMLInputElement, hours: HTMLSelectElement, everywhere?: HTMLInputElement, risk: HTMLSelectElement,
 *   },
 * }} UrgentForm `data-key` names the draft in this browser, `data-place` the area above all those of the form
 * @typedef {{slug: string, headline: string, acts: string[], hours: number, risks: number[]}} Prepared texts for a
 *   danger; `risks`: the levels that the decision on disaster risk knows for it
 */

/** Whether the person is signing out: what is saved from then on the next person would find. */
let leaving = false;
addEventListener(LEAVING, () => {
  leaving = true;
});
const form = /** @type {UrgentForm | null} */ (document.querySelector("#urgent"));
if (form) compose(form);
/** @type {NodeListOf<HTMLFormElement & {dataset: {wait: string}}>} */
const waitingForms = document.querySelectorAll("form[data-wait]");
for (const waiting of waitingForms) count(waiting);
/** @type {HTMLElement & {dataset: {progress: string}} | null} */
const progress = document.querySelector("[data-progress]");
if (progress) follow(progress);

/** The element that the page surely has. @param {string} selector */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}

/** @param {UrgentForm} form */
function compose(form) {
  const key = urgentName(form.dataset.key);
  /** @type {Prepared[]} */
  const prepared = JSON.parse(part("#prepared").textContent ?? "");
  restore(form, key);
  markTyped(form, prepared);
  // The danger may have been chosen before this script was loaded.
  if (!form.elements.headline.value) fillIn(form, prepared);
  offerRisks(form, prepared);
  const checks = asker(() => check(form), CHECK_MS);
  const changed = () => {
    save(form, key);
    checks.soon();
  };
  form.addEventListener("input", (event) => {
    /** @type {HTMLInputElement} */ (event.target).dataset.touched = "yes";
    changed();
  });
  form.addEventListener("change", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    if (["danger", "areas", "everywhere"].includes(name)) fillIn(form, prepared);
    part("#exactly").hidden = form.elements.hours.value !== "at";
    changed();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, key);
  });
  part("[data-forget]").addEventListener("click", () => {
    forget(key);
    location.reload();
  });
  checks.now();
}

/** The four texts prepared for the danger that is chosen. @param {UrgentForm} form @param {Prepared[]} prepared */
function preparedTexts(form, prepared) {
  const texts = prepared.find(({ slug }) => slug === form.elements.danger.value);
  return texts?.headline ? [texts.headline.replace("{area}", place(form)), ...texts.acts] : [];
}

/** The fields of these four texts. @param {UrgentForm} form */
function textFields(form) {
  const { headline, act1, act2, act3 } = form.elements;
  return [headline, act1, act2, act3];
}

/**
 * Marks the texts that somebody has written, in a page that the server filled: they differ from the prepared ones.
 * @param {UrgentForm} form @param {Prepared[]} prepared
 */
function markTyped(form, prepared) {
  const values = preparedTexts(form, prepared);
  textFields(form).forEach((field, number) => {
    if (field.value && field.value !== values[number]) field.dataset.touched = "yes";
  });
}

/**
 * Replaces texts that nobody has touched by those prepared for the danger; what was typed stays.
 * @param {UrgentForm} form @param {Prepared[]} prepared
 */
function fillIn(form, prepared) {
  const values = preparedTexts(form, prepared);
  if (!values.length) return;
  const texts = prepared.find(({ slug }) => slug === form.elements.danger.value);
  const { hours } = form.elements;
  textFields(form).forEach((field, number) => {
    if (!field.dataset.touched || !field.value) {
      field.value = values[number] ?? "";
      delete field.dataset.touched;
    }
  });
  if (!hours.dataset.touched && texts?.hours) hours.value = String(texts.hours);
  offerRisks(form, prepared);
}

/**
 * The ticked areas as they stand in a sentence: "xã Minh Tân, xã Đông Hải"; of four and more, the area above all.
 * @param {UrgentForm} form
 */
function place(form) {
  const boxes = form.querySelectorAll("[name=areas]:checked");
  const ticked = [...boxes].map(({ parentElement }) => parentElement?.innerText.trim() ?? "");
  const few = ticked.length && ticked.length < 4 && !form.elements.everywhere?.checked;
  const names = few ? ticked : [form.dataset.place];
  return names
    .map((name) => name.replace(/^(Xã|Phường|Tỉnh|Thành|Thị|Đặc)/u, (word) => word.toLowerCase()))
    .join(", ");
}

/** Offers only the levels of risk that exist for the danger. @param {UrgentForm} form @param {Prepared[]} prepared */
function offerRisks(form, prepared) {
  const known = prepared.find(({ slug }) => slug === form.elements.danger.value)?.risks ?? [];
  for (const option of form.elements.risk.options) {
    const offered = option.value === "0" || known.length === 0 || known.includes(Number(option.value));
    option.hidden = option.disabled = !offered;
  }
}

/** @param {UrgentForm} form */
async function check(form) {
  const html = await answerOf(form.dataset.check, new FormData(form));
  sayUnseen(html === null);
  if (html === null) return !form.isConnected;
  show(part("#check"), html);
  /** @type {HTMLElement | null} */
  const counted = document.querySelector("#check [data-brief]");
  part("#brief").textContent = counted?.dataset.brief ?? "";
  return true;
}

/**
 * Sends the form. Where that is not possible the page says so; nothing typed is lost, nothing is sent twice.
 * @param {UrgentForm} form @param {string} key
 */
async function send(form, key) {
  const offline = part("#offline");
  offline.hidden = true;
  const keepTyped = typedSince(form);
  try {
    // With this header the server names the next page instead of sending it, so that its message is shown there.
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
    });
    const next = answer.headers.get("HX-Redirect");
    if (answer.status === 401 || next?.includes("/login")) {
      // The session has ended: nothing has been sent, and the draft is still there after signing in.
      location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (next) {
      forget(key);
      location.assign(next);
      return;
    }
    showComplaints(await answer.text(), keepTyped);
  } catch {
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
  }
}

/**
 * Replaces the page by the one in which the server marked what is wrong. TypeError where it is another page.
 * @param {string} html @param {(after: HTMLFormElement) => void} keepTyped what was typed since the form was sent
 */
function showComplaints(html, keepTyped) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("#main");
  const again = main?.querySelector("#urgent");
  if (!main || !again) throw new TypeError("not a page of the desk");
  keepTyped(/** @type {UrgentForm} */ (again));
  part("#main").replaceWith(main);
  compose(/** @type {UrgentForm} */ (part("#urgent")));
  main.querySelector(".complaint, .message.error")?.scrollIntoView({ block: "center" });
}

/** Keeps the draft in this browser. @param {UrgentForm} form @param {string} key */
function save(form, key) {
  if (leaving) return;
  const typed = [...new FormData(form)].filter(
    ([name, value]) => name !== "csrf_token" && typeof value === "string",
  );
  try {
    localStorage.setItem(key, JSON.stringify(typed));
  } catch {
    // A full or forbidden storage: the page itself still holds the text.
  }
}

/** @param {UrgentForm} form @param {string} key */
function restore(form, key) {
  /** @type {[string, string][] | null} */
  let typed = null;
  try {
    typed = JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return;
  }
  if (!Array.isArray(typed) || typed.length === 0 || form.querySelector(".complaint")) return;
  for (const field of /** @type {Iterable<HTMLInputElement>} */ (form.elements))
    if (field.name === "areas" || field.type === "checkbox") field.checked = false;
  for (const [name, value] of typed) restoreField(form, name, value);
  part("#exactly").hidden = form.elements.hours.value !== "at";
  part("#kept").hidden = false;
}

/** @param {UrgentForm} form @param {string} name @param {string} value */
function restoreField(form, name, value) {
  const named = form.elements.namedItem(name);
  const fields = /** @type {(HTMLInputElement | null)[]} */ (
    named instanceof RadioNodeList ? [...named] : [named]
  );
  for (const field of fields) {
    if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type))
      field.checked ||= field.value === value;
    else if (field && field.type !== "hidden") field.value = value;
    if (field?.value) field.dataset.touched = "yes";
  }
}

/** @param {string} key */
function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

/** Disables the button of acting alone until its 30 seconds have passed. @param {HTMLFormElement & {dataset: {wait: string}}} waiting */
function count(waiting) {
  const left = /** @type {HTMLElement} */ (waiting.querySelector("[data-left]"));
  const button = /** @type {HTMLButtonElement} */ (waiting.querySelector("button"));
  const text = left.textContent ?? "";
  const end = performance.now() + Number(waiting.dataset.wait) * 1000;
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    button.disabled = seconds > 0;
    left.hidden = seconds <= 0;
    left.textContent = text.replace(/\d+/, String(seconds));
    if (seconds > 0) setTimeout(tick, 250);
  };
  tick();
}

/**
 * Shows how many screens have the notice: four times a second for half a minute, then every two seconds.
 * @param {HTMLElement & {dataset: {progress: string}}} box
 */
function follow(box) {
  const begun = performance.now();
  const again = async () => {
    try {
      const answer = await fetch(box.dataset.progress);
      if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
    } catch {
      // The last figures stay until the connection is back.
    }
    setTimeout(again, performance.now() - begun < QUICK_MS ? PROGRESS_MS : PROGRESS_LATER_MS);
  };
  setTimeout(again, PROGRESS_MS);
}
