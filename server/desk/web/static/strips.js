/**
 * Keeps the strips of live urgent notices up to date on every page. Called by desk.js.
 *
 * It fetches them itself, not by htmx: where the session has ended, an answer to htmx would leave the page and lose
 * what is being typed.
 */

const EVERY_MS = 5_000;

/** Whether somebody is using the strips: what they are about to press must not move. @param {HTMLElement} box */
function inUse(box) {
  return box.querySelector("details[open], .held") !== null || box.contains(document.activeElement);
}

/** @param {HTMLElement & {dataset: {strips: string}}} box */
async function fetchAgain(box) {
  try {
    const answer = await fetch(box.dataset.strips);
    const text = answer.ok && !answer.redirected ? await answer.text() : null;
    if (text !== null && text.trim() !== box.innerHTML.trim() && !inUse(box)) box.innerHTML = text;
  } catch {
    // The last figures stay until the connection is back.
  }
}

/** @param {HTMLElement & {dataset: {strips: string}}} box */
export function followStrips(box) {
  const again = async () => {
    if (!document.hidden) await fetchAgain(box);
    setTimeout(again, EVERY_MS);
  };
  setTimeout(again, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) fetchAgain(box);
  });
}
