// The page of an urgent notice: prepared words, the check while typing, a draft that outlives the telephone's sleep.
// Called by templates/urgent/*.html; without it the form still works, it only shows less.

const CHECK_MS = 350;
const PROGRESS_MS = 250;
const PROGRESS_LATER_MS = 2000;
const QUICK_MS = 30_000;

const form = document.querySelector("#urgent");
if (form) compose(form);
for (const waiting of document.querySelectorAll("form[data-wait]")) count(waiting);
const progress = document.querySelector("[data-progress]");
if (progress) follow(progress);

function compose(form) {
  const key = `urgent ${form.dataset.key}`;
  const prepared = JSON.parse(document.querySelector("#prepared").textContent);
  restore(form, key);
  offer(form, prepared);
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => check(form), CHECK_MS);
  };
  form.addEventListener("input", (event) => {
    event.target.dataset.touched = "yes";
    keep(form, key);
    later();
  });
  form.addEventListener("change", (event) => {
    if (["danger", "areas", "everywhere"].includes(event.target.name)) fillIn(form, prepared);
    document.querySelector("#exactly").hidden = form.elements.hours.value !== "at";
    keep(form, key);
    later();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, key);
  });
  document.querySelector("[data-forget]").addEventListener("click", () => {
    forget(key);
    location.reload();
  });
  check(form);
}

/** Words that nobody has touched are replaced by those prepared for the danger; what was typed stays. */
function fillIn(form, prepared) {
  const words = prepared.find((one) => one.slug === form.elements.danger.value);
  if (!words?.headline) return;
  const fields = [form.elements.headline, form.elements.act1, form.elements.act2, form.elements.act3];
  const texts = [words.headline.replace("{area}", place(form)), ...words.acts, "", "", ""];
  fields.forEach((field, place) => {
    if (!field.dataset.touched || !field.value) {
      field.value = texts[place];
      delete field.dataset.touched;
    }
  });
  if (!form.elements.hours.dataset.touched && words.hours) form.elements.hours.value = String(words.hours);
  offer(form, prepared);
}

/** The ticked areas as they stand in a sentence: "xã Minh Tân, xã Đông Hải"; where there are many, the one above all. */
function place(form) {
  const ticked = [...form.querySelectorAll("[name=areas]:checked")].map((one) => one.parentElement.innerText.trim());
  const names = ticked.length && ticked.length < 4 && !form.elements.everywhere?.checked ? ticked : [form.dataset.place];
  return names.map((name) => name.replace(/^(Xã|Phường|Tỉnh|Thành|Thị|Đặc)/u, (word) => word.toLowerCase())).join(", ");
}

/** Only the levels of risk that the decision knows for this danger. */
function offer(form, prepared) {
  const known = prepared.find((one) => one.slug === form.elements.danger.value)?.risks ?? [];
  for (const option of form.elements.risk.options) {
    option.hidden = option.disabled = option.value !== "0" && known.length > 0 && !known.includes(Number(option.value));
  }
}

async function check(form) {
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form) });
    if (answer.ok) document.querySelector("#check").innerHTML = await answer.text();
  } catch {
    // Without a connection the last check stays; sending says what is the matter.
  }
}

/** Sends, and says on this page when that was not possible: nothing typed is lost, nothing is sent twice. */
async function send(form, key) {
  const offline = document.querySelector("#offline");
  offline.hidden = true;
  try {
    // With this header the server names the next page and does not send it: what that page has to say is said once.
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
    });
    const next = answer.headers.get("HX-Redirect");
    if (answer.status === 401 || next?.includes("/login")) {
      // The session has ended: nothing has been sent, and what was typed is kept for the way back.
      location.assign(`/desk/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (next) {
      forget(key);
      location.assign(next);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const complaints = page.querySelector("#main");
    if (!complaints?.querySelector("#urgent")) throw new TypeError("not a page of the desk");
    document.querySelector("#main").replaceWith(complaints);
    compose(document.querySelector("#urgent"));
    complaints.querySelector(".complaint, .message.error")?.scrollIntoView({ block: "center" });
  } catch {
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
  }
}

function keep(form, key) {
  const typed = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  try {
    localStorage.setItem(key, JSON.stringify(typed));
  } catch {
    // A full or forbidden storage: the page itself still holds the words.
  }
}

function restore(form, key) {
  let typed = null;
  try {
    typed = JSON.parse(localStorage.getItem(key));
  } catch {
    return;
  }
  if (!Array.isArray(typed) || typed.length === 0 || form.querySelector(".complaint")) return;
  for (const field of form.elements) if (field.name === "areas" || field.type === "checkbox") field.checked = false;
  for (const [name, value] of typed) {
    const field = form.elements.namedItem(name);
    const fields = field instanceof RadioNodeList ? [...field] : [field];
    for (const one of fields) {
      if (one instanceof HTMLInputElement && ["checkbox", "radio"].includes(one.type)) one.checked ||= one.value === value;
      else if (one && one.type !== "hidden") one.value = value;
      if (one?.value) one.dataset.touched = "yes";
    }
  }
  document.querySelector("#exactly").hidden = form.elements.hours.value !== "at";
  document.querySelector("#kept").hidden = false;
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

/** Thirty seconds on the clock before the glass may be broken. */
function count(waiting) {
  const [left, button] = [waiting.querySelector("[data-left]"), waiting.querySelector("button")];
  const words = left.textContent;
  const end = performance.now() + Number(waiting.dataset.wait) * 1000;
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    button.disabled = seconds > 0;
    left.hidden = seconds <= 0;
    left.textContent = words.replace(/\d+/, String(seconds));
    if (seconds > 0) setTimeout(tick, 250);
  };
  tick();
}

/** How far it has come: quickly while screens still answer, then at leisure. */
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
