// The form of a board: rows move where they stand, and the board is drawn as it would be while one chooses.
// Called by templates/screens/board.html; without it every button of a row sends the form and brings it back.
import Sortable from "./vendor/sortable.js";

const DRAW_MS = 250;

/** Asks for the board as it would be; only the newest answer counts. */
function drawer(form) {
  const place = document.querySelector("#seen");
  const failed = document.querySelector("#unseen");
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
      // Said below: the last picture stays.
    }
    if (mine !== newest) return;
    failed.hidden = html !== null;
    if (html !== null) place.innerHTML = html;
  }
  return () => {
    clearTimeout(timer);
    timer = setTimeout(draw, DRAW_MS);
  };
}

function sortable(form, changed) {
  for (const list of form.querySelectorAll("[data-rows]")) {
    Sortable.create(list, { animation: 150, handle: "[data-grip]", onEnd: changed });
  }
}

/** A button of a row: the server does it, and the sections of its answer take the place of those that stand here. */
async function act(form, button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const after = page.querySelector("#board-form");
  if (!answer.ok || !after) throw new TypeError("not the form");
  for (const section of form.querySelectorAll("section")) {
    const name = section.getAttribute("aria-labelledby");
    section.replaceWith(after.querySelector(`section[aria-labelledby="${name}"]`));
  }
  focusAgain(form, button);
}

/** Whoever moved a row by keyboard is still on its button; who added one is in it; who dropped one is where they add. */
function focusAgain(form, { id, value }) {
  const [rows, done] = value.split("-");
  const list = form.querySelector(`#${rows}-add`).closest("p").previousElementSibling;
  const fresh = list.lastElementChild?.querySelector("select, input:not([type=hidden])");
  const again = done === "add" ? fresh : form.querySelector(`#${CSS.escape(id)}`);
  (again ?? form.querySelector(`#${rows}-add`)).focus();
}

function prepare(form) {
  const changed = drawer(form);
  form.addEventListener("input", changed);
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button?.name !== "do") return;
    event.preventDefault();
    try {
      await act(form, button);
    } catch {
      // The way without a script says what is the matter.
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: button.value });
      form.append(field);
      form.submit();
      return;
    }
    sortable(form, changed);
    changed();
  });
  sortable(form, changed);
}

prepare(document.querySelector("#board-form"));
