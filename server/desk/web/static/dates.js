/**
 * Text fields for days and times (web/dates.py): the browser's calendar beside them, dd/mm/yyyy whatever its language,
 * and what is wrong with a date said at the field. Loaded by desk.js; without it they are plain text fields.
 */

const DAY = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/;
const PLAIN = /^(\d{2})(\d{2})(\d{4})$/;
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const HOUR = /^(\d{1,2})\s*(?:(?:[:.hg]|giờ)\s*(\d{1,2})?)?$/i;

/** @param {number} value @param {number} [digits] */
const padded = (value, digits = 2) => String(value).padStart(digits, "0");

/** "16/03/2026" of what was typed, null if that is no day. @param {string} text */
function dayOf(text) {
  const iso = ISO.exec(text);
  const found = iso ? [text, iso[3], iso[2], iso[1]] : (DAY.exec(text) ?? PLAIN.exec(text));
  if (!found) return null;
  const [day, month, typed] = found.slice(1).map(Number);
  const year = Number(typed) < 100 ? 2000 + Number(typed) : Number(typed);
  const made = new Date(year, Number(month) - 1, Number(day));
  // The calendar turns 31/02 into 03/03.
  if (made.getDate() !== day || made.getMonth() + 1 !== month) return null;
  return `${padded(Number(day))}/${padded(Number(month))}/${padded(year, 4)}`;
}

/** "07:30" of what was typed, null if that is no time of day. @param {string} text */
function hourOf(text) {
  const found = HOUR.exec(text);
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return null;
  return `${padded(Number(found[1]))}:${padded(Number(found[2] ?? 0))}`;
}

/**
 * A day with a time of day before or after it. A day without one gets the time ``alone``, if there is such a time.
 * @param {string} text @param {string} [alone]
 */
function momentOf(text, alone) {
  const whole = dayOf(text);
  if (whole && alone) return `${whole} ${alone}`;
  const parts = text.replace("T", " ").replace(",", " ").trim().split(/\s+/);
  const cuts = parts
    .slice(1)
    .map((_, at) => [parts.slice(0, at + 1).join(" "), parts.slice(at + 1).join(" ")]);
  for (const [first = "", second = ""] of [...cuts, ...cuts.map((cut) => [...cut].reverse())]) {
    const day = dayOf(first);
    const hour = hourOf(second);
    if (day && hour) return `${day} ${hour}`;
  }
  return null;
}

// What is written like a day or a time, but is none: 31/02/2026, 25:00.
const LIKE = /^[\d/.\-: hgT]{4,}$/i;
const READ = { day: dayOf, hour: hourOf, moment: momentOf };

/** Writes what was typed in full, or says what is wrong with it. @param {HTMLInputElement} field */
function check(field) {
  const typed = field.value.trim();
  const kind = /** @type {keyof typeof READ} */ (field.dataset.date);
  const read = READ[kind](typed, field.dataset.alone);
  if (read) field.value = read;
  const wrong = Boolean(typed) && !read;
  const place = field.closest(".field") ?? field.parentElement;
  place?.classList.toggle("wrong", wrong);
  place?.querySelector(".complaint")?.remove();
  const complete = kind !== "moment" || /\s|T/.test(typed);
  const said = (complete && LIKE.test(typed) ? field.dataset.none : field.dataset.wrong) ?? "";
  field.setCustomValidity(wrong ? said : "");
  if (wrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  if (!wrong) return;
  const line = document.createElement("p");
  line.className = "complaint";
  line.id = `${field.id}-wrong`;
  line.textContent = said;
  place?.append(line);
  field.setAttribute("aria-describedby", line.id);
}

/** A button that opens the browser's calendar, and the field of that calendar. @param {HTMLInputElement} field */
function addCalendar(field) {
  const calendar = document.createElement("input");
  calendar.type = "date";
  calendar.tabIndex = -1;
  calendar.setAttribute("aria-hidden", "true");
  calendar.className = "calendar";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pick-day";
  button.setAttribute("aria-label", field.dataset.pick ?? "");
  const box = document.createElement("span");
  box.className = "dated";
  field.replaceWith(box);
  box.append(field, button, calendar);
  button.addEventListener("click", () => {
    const day = dayOf(field.value.trim().split(/\s+/)[0] ?? "");
    calendar.value = day ? day.split("/").reverse().join("-") : "";
    calendar.showPicker();
  });
  calendar.addEventListener("change", (event) => {
    event.stopPropagation();
    if (!calendar.value) return;
    const day = calendar.value.split("-").reverse().join("/");
    const hour = /\d{1,2}:\d{2}/.exec(field.value)?.[0] ?? "17:00";
    field.value = field.dataset.date === "moment" ? `${day} ${hour}` : day;
    check(field);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  calendar.addEventListener("input", (event) => event.stopPropagation());
}

/** Prepares the fields below ``root`` that are not yet. @param {ParentNode} root */
export function dateFields(root) {
  const found = /** @type {NodeListOf<HTMLInputElement>} */ (
    root.querySelectorAll("[data-date]:not([data-ready])")
  );
  for (const field of found) {
    field.dataset.ready = "yes";
    field.addEventListener("change", () => check(field));
    if (field.dataset.date !== "hour") addCalendar(field);
  }
}
