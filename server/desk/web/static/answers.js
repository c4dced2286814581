/**
 * Answers of the server to a page that is still in use: asked for one at a time, and put into the page so that no
 * letter and no press of the meantime is lost. Used by every form of the desk that refreshes a part of itself.
 */

const PATIENCE_MS = 20_000;
const RETRY_MS = 3000;
/** Attributes that scripts and readers set: they stay as they are. */
const OURS = new Set(["open", "style", "data-watched", "data-prepared", "data-fading", "data-done"]);

/**
 * Asks after every change, one question at a time: calls while one is under way ask once more when its answer is
 * there, so that an older answer never replaces a newer one. Asks again after a while where no answer came: the page
 * must not go on showing what its form said before.
 * @template {unknown[]} T
 * @param {(...what: T) => Promise<boolean>} ask gets what its last call was given; false: no answer came, and one is still wanted
 * @param {number} delay of `soon`, in ms, from its last call
 */
export function asker(ask, delay) {
  let timer = 0;
  let busy = false;
  /** @type {T | null} */
  let next = null;
  async function run() {
    while (next && !busy) {
      const what = next;
      next = null;
      busy = true;
      let answered = false;
      try {
        answered = await ask(...what);
      } finally {
        busy = false;
      }
      if (!answered && !next) {
        clearTimeout(timer);
        timer = setTimeout(now, RETRY_MS, ...what);
      }
    }
  }
  /** @param {T} what */
  const now = (...what) => {
    clearTimeout(timer);
    next = what;
    run();
  };
  /** @param {T} what */
  const soon = (...what) => {
    clearTimeout(timer);
    timer = setTimeout(now, delay, ...what);
  };
  return { now, soon };
}

/**
 * The text of the server's answer; null where there is none, or where it is another page (signing in, say).
 * @param {string} address @param {FormData} [body] sent by POST
 */
export async function answerOf(address, body) {
  try {
    const method = body ? "POST" : "GET";
    const answer = await fetch(address, { method, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

/**
 * Says in `#unseen` whether the page shows what its form said before, because no answer came. Nothing where the page
 * has become another one meanwhile.
 * @param {boolean} unseen
 */
export function sayUnseen(unseen) {
  /** @type {HTMLElement | null} */
  const place = document.querySelector("#unseen");
  if (place) place.hidden = !unseen;
}

/**
 * Replaces what differs below `place` by `html`, and nothing else: frames do not flash, open details stay open, the
 * focus stays where it is.
 * @param {Element | null} place null where the page has become another one meanwhile @param {string} html
 */
export function show(place, html) {
  if (!place) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  merge(place, fresh.content);
}

/** @param {ParentNode & Node} live @param {ParentNode & Node} fresh */
function merge(live, fresh) {
  const wanted = [...fresh.childNodes];
  while (live.childNodes.length > wanted.length) live.lastChild?.remove();
  wanted.forEach((node, at) => {
    const held = live.childNodes[at];
    if (!held) live.append(node);
    else if (!held.isEqualNode(node)) mergeNode(held, node);
  });
}

/** @param {ChildNode} held @param {ChildNode} fresh */
function mergeNode(held, fresh) {
  const alike = held instanceof Element && fresh instanceof Element && held.tagName === fresh.tagName;
  if (!alike || held.id !== fresh.id) {
    held.replaceWith(fresh);
    return;
  }
  for (const { name } of [...held.attributes])
    if (!OURS.has(name) && !fresh.hasAttribute(name)) held.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (!OURS.has(name) && held.getAttribute(name) !== value) held.setAttribute(name, value);
  merge(held, fresh);
}

/**
 * Remembers what a form holds when it is sent. The function that it returns puts what was typed or ticked since then
 * into another form of the same fields: the one that the server answered.
 * @param {HTMLFormElement} form
 * @returns {(after: HTMLFormElement) => void}
 */
export function typedSince(form) {
  const sent = valuesOf(form);
  return (after) => {
    const now = valuesOf(form);
    for (const [key, field] of fieldsOf(after)) {
      const value = now.get(key);
      if (value !== undefined && value !== sent.get(key)) put(field, value);
    }
    const { activeElement } = document;
    const place = [...fieldsOf(form)].find(([, field]) => field === activeElement)?.[0];
    if (place) queueMicrotask(() => focusAgain(activeElement, fieldsOf(after).get(place)));
  };
}

/** The caret stays where it was. @param {Element | null} held @param {Field | undefined} fresh */
function focusAgain(held, fresh) {
  fresh?.focus();
  const text = held instanceof HTMLInputElement || held instanceof HTMLTextAreaElement ? held : null;
  // Null for fields that hold no text, such as dates.
  if (text?.selectionStart == null || !fresh || !("selectionStart" in fresh)) return;
  fresh.setSelectionRange(text.selectionStart, text.selectionEnd);
}

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** The fields by name, value of a box and place among equals. @param {HTMLFormElement} form @returns {Map<string, Field>} */
function fieldsOf(form) {
  /** @type {Map<string, Field>} */
  const found = new Map();
  for (const field of /** @type {Iterable<Field>} */ (form.elements)) {
    if (!field.name || ["hidden", "file", "submit", "button"].includes(field.type)) continue;
    let at = 0;
    const name = `${field.name} ${isBox(field) ? field.value : ""}`;
    while (found.has(`${name} ${at}`)) at += 1;
    found.set(`${name} ${at}`, field);
  }
  return found;
}

/** @param {HTMLFormElement} form */
function valuesOf(form) {
  return new Map(
    [...fieldsOf(form)].map(([key, field]) => [key, isBox(field) ? field.checked : field.value]),
  );
}

/** @param {Field} field @returns {field is HTMLInputElement} */
function isBox(field) {
  return field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type);
}

/** @param {Field} field @param {string | boolean} value */
function put(field, value) {
  if (isBox(field)) field.checked = value === true;
  else field.value = String(value);
}
