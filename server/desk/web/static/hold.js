/**
 * A button that submits its form only after it was held for `data-hold` seconds: by finger, mouse, space or Enter.
 * Called by desk.js. Letting go, leaving it or losing the window cancels, so that a mistaken tap sends nothing.
 * The server sends these buttons disabled: a tap before this script is loaded would submit the form at once.
 */

const KEYS = new Set([" ", "Enter"]);

/** @param {HTMLButtonElement} button */
function prepare(button) {
  const seconds = Number(button.dataset.hold) || 2;
  let timer = 0;
  let byPointer = false;
  button.style.setProperty("--hold", `${seconds}s`);

  const release = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("held");
  };
  const press = (/** @type {boolean} */ pointer) => {
    if (timer || button.disabled || !button.form?.reportValidity()) return;
    byPointer = pointer;
    button.classList.add("held");
    timer = setTimeout(() => {
      release();
      button.dataset.done = "yes";
      button.form?.requestSubmit(button);
    }, seconds * 1000);
  };

  button.addEventListener("click", (event) => {
    // requestSubmit brings no click: a click is a tap that was too short.
    if (button.dataset.done !== "yes") event.preventDefault();
    delete button.dataset.done;
  });
  button.addEventListener("pointerdown", (event) => event.button === 0 && press(true));
  // While a key is held the page may move the button from under a resting mouse, which must not cancel.
  for (const name of ["pointerup", "pointerleave", "pointercancel"])
    button.addEventListener(name, () => byPointer && release());
  button.addEventListener("blur", release);
  button.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) press(false);
  });
  button.addEventListener("keyup", release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  // A form with `data-wait` counts down before urgent.js enables its button.
  if (!button.form?.dataset.wait) button.disabled = false;
}

/** Prepares every button with `data-hold` below `root`, once each. @param {ParentNode} root */
export function holdButtons(root) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (
    root.querySelectorAll("button[data-hold]:not([data-prepared])")
  );
  for (const button of buttons) {
    button.dataset.prepared = "yes";
    prepare(button);
  }
}
