// The page /api/: sends an operation of the API as its form says, and shows the answer. The key is never stored.

const key = /** @type {HTMLInputElement} */ (document.querySelector("[data-key] input"));

document.querySelector("[data-key]")?.addEventListener("submit", (event) => event.preventDefault());
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (
  document.querySelectorAll("[data-operation]")
)) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void attempt(form);
  });
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<void>}
 */
async function attempt(form) {
  const box = /** @type {HTMLElement} */ (form.querySelector(".answer"));
  const status = /** @type {HTMLElement} */ (form.querySelector("[data-status]"));
  const text = /** @type {HTMLElement} */ (form.querySelector("[data-answer]"));
  const headers = new Headers({ "Accept-Language": document.documentElement.lang });
  if (key.value.trim()) headers.set("Authorization", `Bearer ${key.value.trim()}`);
  const method = (form.dataset.operation ?? "get").toUpperCase();
  try {
    const answer = await fetch(address(form), {
      method,
      headers,
      body: body(form, headers),
      credentials: "omit",
      cache: "no-store",
    });
    status.textContent = `${answer.status} ${answer.statusText}`;
    text.textContent = pretty(await answer.text());
  } catch (error) {
    status.textContent = String(error);
    text.textContent = "";
  }
  box.hidden = false;
}

/**
 * @param {HTMLFormElement} form
 * @returns {string}
 */
function address(form) {
  let path = form.dataset.path ?? "";
  for (const input of inputs(form, "[data-place]")) {
    path = path.replace(`{${input.name}}`, encodeURIComponent(input.value.trim()));
  }
  const query = new URLSearchParams();
  for (const input of inputs(form, "[data-option]")) {
    if (input.value.trim()) query.set(input.name, input.value.trim());
  }
  return query.size ? `${path}?${query}` : path;
}

/**
 * The body of the request; for JSON its type is added to the headers.
 * @param {HTMLFormElement} form
 * @param {Headers} headers
 * @returns {FormData | string | null}
 */
function body(form, headers) {
  if ("file" in form.dataset) return new FormData(form);
  const text = form.querySelector("textarea")?.value;
  if (text === undefined) return null;
  headers.set("Content-Type", "application/json");
  return text;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} selector
 * @returns {NodeListOf<HTMLInputElement>}
 */
function inputs(form, selector) {
  return form.querySelectorAll(selector);
}

/**
 * @param {string} text
 * @returns {string}
 */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
