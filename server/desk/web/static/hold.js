/**
 * A button that submits its form only after it was held for `data-hold` seconds: by finger, mouse, space or Enter.
 * Called by desk.js. Letting go, leaving it or losing the window cancels, so that a mistaken tap sends nothing.
 */

const KEYS = new Set([" ", "Enter"]);

/** @param {HTMLButtonElement} button */
function prepare(button) {
  const seconds = Number(button.dataset.hold) || 2;
  let timer = 0;
  button.style.setProperty("--hold", `${seconds}s`);

  const release = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("held");
  };
  const press = () => {
    if (timer || button.disabled || !button.form?.reportValidity()) return;
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
  button.addEventListener("pointerdown", (event) => event.button === 0 && press());
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"])
    button.addEventListener(name, release);
  button.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  button.addEventListener("keyup", release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
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
