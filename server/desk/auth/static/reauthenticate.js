/**
 * The page that asks for a code before an act: sends its form once, and goes on by itself when a passkey was used in
 * another tab. Loaded by templates/reauthenticate.html and factor_shown.html; without it the form still works.
 */

/** Both tabs are of one browser and one host. */
const channel = new BroadcastChannel("factor shown");

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-asks]"));
if (form) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    // A second press while the answer is on its way would do the act twice.
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) sent = false;
  });
  channel.addEventListener("message", ({ data }) => {
    if (data === form.dataset.asks && !sent) form.requestSubmit();
  });
}

const shown = /** @type {HTMLElement | null} */ (document.querySelector("[data-factor-shown]"));
if (shown) channel.postMessage(shown.dataset.factorShown);
