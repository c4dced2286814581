/**
 * A button that submits its form only after it was held for `data-hold` seconds: by finger, mouse, space or Enter.
 * Called by desk.js. Letting go, leaving it or losing the window cancels, so that a mistaken tap sends nothing.
 * The server sends these buttons disabled: a tap before this script is loaded would submit the form at once.
 */

const KEYS = new Set([" ", "Enter"]);
const TREMOR = 10; // px that a resting hand moves a mouse

/**
 * Whether the pointer was moved off the button since `start`, the event that pressed it. A page that shifts under a
 * resting pointer, as it does when its fonts arrive, moves no pointer.
 * @param {PointerEvent} event @param {PointerEvent | undefined} start @param {HTMLButtonElement} button
 */
function movedOff(event, start, button) {
  if (!start || Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < TREMOR)
    return false;
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const across = event.clientX >= left && event.clientX <= right;
  return !(across && event.clientY >= top && event.clientY <= bottom);
}

/** @param {HTMLButtonElement} button */
function prepare(button) {
  const seconds = Number(button.dataset.hold) || 2;
  let timer = 0;
  /** @type {PointerEvent | undefined} */
  let start;
  button.style.setProperty("--hold", `${seconds}s`);

  const release = () => {
    clearTimeout(timer);
    timer = 0;
    button.classList.remove("held");
  };
  const press = (/** @type {PointerEvent | undefined} */ pointer) => {
    if (timer || button.disabled || !button.form?.reportValidity()) return;
    start = pointer;
    // Captured, the pointer belongs to the button until it is released, wherever the page moves the button.
    if (pointer) button.setPointerCapture(pointer.pointerId);
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
  button.addEventListener("pointerdown", (event) => event.button === 0 && press(event));
  button.addEventListener("pointermove", (event) => movedOff(event, start, button) && release());
  // A pointer that is let go cancels what it has begun, not what a held key has begun.
  for (const name of ["pointerup", "pointercancel"]) button.addEventListener(name, () => start && release());
  button.addEventListener("blur", release);
  button.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) press(undefined);
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
