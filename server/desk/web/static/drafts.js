/**
 * What somebody typed and the server does not have yet, in this browser: one entry for each form and each person.
 * Used by compose.js and urgent.js; desk.js sends the composer's entries at sign-out and removes them and those of
 * urgent notices, so that nobody else finds them.
 */

const PREFIX = "compose ";
const URGENT = "urgent ";
const FLUSH_MS = 3000;
/** The name of the event of the window that the person is signing out. */
export const LEAVING = "signing-out";

/** @typedef {[string, string][]} Typed names and values of a form's fields */

/** The person signed in on this page, "" if nobody is. */
export const person = () => document.body.dataset.person ?? "";

/** @param {string} key */
const nameOf = (key) => `${PREFIX}${person()} ${key}`;

/** The name of this person's draft of an urgent notice. @param {string} key of the form */
export const urgentName = (key) => `${URGENT}${person()} ${key}`;

/** Removes this person's drafts of urgent notices, and those that an earlier version kept without a person. */
function forgetUrgent() {
  try {
    for (const name of Object.keys(localStorage)) {
      const mine = name.startsWith(urgentName(""));
      if (mine || /^urgent \S+$/.test(name)) localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept there.
  }
}

/** Keeps what is typed; a full or forbidden storage keeps nothing, and the page itself still holds the text.
 * @param {string} key @param {Typed} typed */
export function keepLocally(key, typed) {
  try {
    localStorage.setItem(nameOf(key), JSON.stringify(typed));
  } catch {
    // As above.
  }
}

/** @param {string} key */
export function forgetLocally(key) {
  try {
    localStorage.removeItem(nameOf(key));
  } catch {
    // As above.
  }
}

/** What this person typed into the form ``key``, null if nothing waits. @param {string} key */
export function typedLocally(key) {
  try {
    return /** @type {Typed | null} */ (JSON.parse(localStorage.getItem(nameOf(key)) ?? "null"));
  } catch {
    return null;
  }
}

/** The keys of this person's forms that wait in this browser. */
export function localKeys() {
  const mine = `${PREFIX}${person()} `;
  try {
    return Object.keys(localStorage)
      .filter((name) => person() && name.startsWith(mine))
      .map((name) => name.slice(mine.length));
  } catch {
    return [];
  }
}

/**
 * Sends the form ``key`` to the server's autosave and forgets it here; false if the server did not take it.
 * @param {string} key @param {string} address of the autosave @param {string} token of CSRF
 */
export async function sendLocal(key, address, token) {
  const typed = typedLocally(key);
  if (!typed) return false;
  const body = new FormData();
  for (const [name, value] of typed) body.append(name, value);
  body.set("key", key);
  body.set("csrf_token", token);
  try {
    const answer = await fetch(address, { method: "POST", body });
    if (answer.status !== 204) return false;
  } catch {
    return false;
  }
  forgetLocally(key);
  return true;
}

/** At sign-out everything of this person goes out of this browser, the composer's to the server. @param {HTMLFormElement} form */
export function flushAtSignOut(form) {
  form.addEventListener("submit", async (event) => {
    // A form that is open puts its latest text there first, and saves nothing later.
    dispatchEvent(new Event(LEAVING));
    forgetUrgent();
    const keys = localKeys();
    if (!keys.length) return;
    event.preventDefault();
    const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token")).value;
    const address = form.dataset.keep ?? "";
    const sent = Promise.allSettled(keys.map((key) => sendLocal(key, address, token)));
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, FLUSH_MS))]);
    for (const key of localKeys()) forgetLocally(key);
    form.submit();
  });
}
