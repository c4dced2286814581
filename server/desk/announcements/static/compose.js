// The composer: the slide as it will be while one types, files on their way, and nothing typed is ever lost.
// Called by templates/composer/new.html; without it the form still works, it only shows less.

const PREVIEW_MS = 500;
const KEEP_MS = 1500;
const ASK_MS = 300;
const ASK_MOST = 400;

function compose(form) {
  const typing = new Keeper(form);
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => preview(form), PREVIEW_MS);
  };
  const changed = () => {
    typing.changed();
    later();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter, typing);
  });
  files(form, changed);
  document.querySelector("#preview").addEventListener("click", (event) => {
    const button = event.target.closest("[data-page]");
    if (button) preview(form, button.dataset.page);
  });
  typing.restore();
  preview(form);
}

/** Sends what is typed to be kept; where that fails, keeps it on this machine until it can. */
class Keeper {
  constructor(form) {
    this.form = form;
    this.place = `compose ${form.elements.id?.value ?? "new"}`;
    this.line = document.querySelector("#kept");
    this.timer = 0;
    this.pending = Promise.resolve();
    addEventListener("online", () => this.keep());
    addEventListener("pagehide", () => this.timer && this.keepHere());
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_MS);
  }

  keep() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.pending = this.keepThere();
    return this.pending;
  }

  /** Nothing is kept any more: what was typed is on its way. */
  async stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    await this.pending;
  }

  async keepThere() {
    try {
      const answer = await fetch(this.form.dataset.keep, { method: "POST", body: new FormData(this.form) });
      // At the door of sign-in nothing was kept.
      if (answer.status !== 204) throw new TypeError("not kept");
      this.forgetHere();
      const now = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
      this.line.textContent = `${this.form.dataset.saved} ${now}.`;
    } catch {
      this.keepHere();
      this.line.textContent = this.form.dataset.local;
    }
  }

  keepHere() {
    const typed = [...new FormData(this.form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
    try {
      localStorage.setItem(this.place, JSON.stringify(typed));
    } catch {
      // A full or forbidden storage: the page itself still holds the words.
    }
  }

  forgetHere() {
    try {
      localStorage.removeItem(this.place);
    } catch {
      // As above.
    }
  }

  /** What this machine kept while nobody answered, put back into the form and sent to be kept. */
  restore() {
    let typed = null;
    try {
      typed = JSON.parse(localStorage.getItem(this.place) ?? "null");
    } catch {
      return;
    }
    // A page that was opened for something else (a template, a copy, a kind) is not written over.
    if (!typed || location.search) return;
    const words = new Map();
    for (const [name, value] of typed) words.set(name, [...(words.get(name) ?? []), value]);
    for (const field of this.form.elements) {
      if (["csrf_token", "version", "id", "file", ""].includes(field.name) || field.type === "file") continue;
      const values = words.get(field.name) ?? [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    this.keep();
  }
}

async function preview(form, page = "0") {
  const place = document.querySelector("#preview");
  const body = new FormData(form);
  body.set("page", page);
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // Without a connection the last picture stays; sending says what is the matter.
  }
}

/** Sends, and says on this page when that was not possible: nothing typed is lost. */
async function send(form, button, typing) {
  const offline = document.querySelector("#offline");
  offline.hidden = true;
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  for (const each of form.querySelectorAll(".acts button")) each.disabled = true;
  await typing.stop();
  try {
    // With this header the server names the next page and does not send it: what that page has to say is said once.
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const next = answer.headers.get("HX-Redirect");
    const door = next?.includes("/login");
    if (next && !door) {
      typing.forgetHere();
      location.assign(next);
      return;
    }
    // The session has ended: what was typed waits here until its writer is back.
    if (door || [400, 401, 403].includes(answer.status)) {
      typing.keepHere();
      location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (![409, 422].includes(answer.status)) throw new TypeError("not a page of the composer");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("#main");
    document.querySelector("#main").replaceWith(main);
    const again = document.querySelector("#compose");
    if (again) compose(again);
    (main.querySelector(".complaint, .message.error:not([hidden])") ?? main).scrollIntoView({ block: "center" });
  } catch {
    typing.keepHere();
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
    for (const each of form.querySelectorAll(".acts button")) each.disabled = false;
  }
}

/** Files: chosen, dropped or pasted; opened by the worker; put into their order. */
function files(form, changed) {
  const choose = form.querySelector("#file");
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("#files");
  choose.addEventListener("change", () => {
    for (const file of choose.files) upload(form, file, changed);
    choose.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") for (const file of event.dataTransfer.files) upload(form, file, changed);
    });
  }
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".file");
    const move = event.target.closest("[data-move]")?.dataset.move;
    if (move === "-1") item.previousElementSibling?.before(item);
    if (move === "1") item.nextElementSibling?.after(item);
    if (event.target.closest("[data-drop-file]")) item.remove();
    if (move || !item?.isConnected) changed();
    if (move) event.target.focus();
  });
  form.querySelector("[data-library]").addEventListener("click", () => library(form, changed));
}

async function upload(form, file, changed) {
  const place = document.createElement("div");
  form.querySelector("#uploads").append(place);
  const body = new FormData();
  for (const name of ["csrf_token", "area"]) body.set(name, form.elements[name].value);
  body.set("file", file);
  place.innerHTML = "<p class='soft'></p>";
  place.firstChild.textContent = `${file.name}…`;
  try {
    const answer = await fetch(form.dataset.upload, { method: "POST", body });
    if (!answer.ok || answer.redirected) throw new TypeError("not sent");
    place.innerHTML = await answer.text();
    await finish(place);
  } catch {
    place.innerHTML = "<p class='message error'></p>";
    place.firstChild.textContent = `${file.name}: ${form.dataset.local}`;
    return;
  }
  const done = place.querySelector("[data-done]");
  if (!done) return;
  form.querySelector(`[name=kind][value=${done.dataset.kind}]`).checked = true;
  const table = done.querySelector("[data-table]");
  if (table) form.elements.table.value = table.value.trimEnd();
  form.querySelector("#files").append(...done.querySelectorAll(".file"));
  changed();
}

async function finish(place) {
  for (let asked = 0; asked < ASK_MOST; asked += 1) {
    const waits = place.querySelector("[data-waits]");
    if (!waits) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const answer = await fetch(waits.dataset.waits);
    if (answer.ok) place.innerHTML = await answer.text();
  }
}

async function library(form, changed) {
  const place = form.querySelector("#library");
  const kind = form.querySelector("[name=kind]:checked").value;
  const answer = await fetch(`${form.dataset.library}?kind=${kind}`);
  if (!answer.ok) return;
  place.innerHTML = await answer.text();
  place.addEventListener("click", (event) => {
    const taken = event.target.closest("[data-take]");
    if (!taken) return;
    form.querySelector("#files").append(taken.parentElement.querySelector("template").content.cloneNode(true));
    changed();
  });
  place.querySelector("button")?.focus();
}

const form = document.querySelector("#compose");
if (form) compose(form);
