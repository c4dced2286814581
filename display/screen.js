/**
 * The page of a device, /screen: paired, it becomes its board (main.js); else it shows eight letters until somebody
 * types them at the desk. Loaded by the page.
 */
import { askWhere, keepPaired, readPaired } from "./device/identity.js";
import { createPairing, remaining, spaced } from "./device/pairing.js";

const SVG = "http://www.w3.org/2000/svg";
/** A key that was refused once may be right again: a store that was put back, say. */
const ASK_AGAIN = 60_000;
const DEADLINE = 5_000;
const LOAD_AGAIN = 10_000;

const root = document.documentElement;
/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const paired = readPaired(localStorage);

/** Whether the key is worth nothing. A device that has been moved meanwhile remembers its new board. */
async function refused() {
  if (!paired) return false;
  const { gone, board } = await askWhere(fetch, paired, DEADLINE);
  if (board !== paired.board) keepPaired(localStorage, { ...paired, board });
  return gone;
}

/** @param {string} drawn the size of the code and the path of its dark modules */
function drawQr(drawn) {
  const [size, path] = [drawn.slice(0, drawn.indexOf(" ")), drawn.slice(drawn.indexOf(" ") + 1)];
  const svg = part("pairing-qr");
  svg.setAttribute("viewBox", `-2 -2 ${Number(size) + 4} ${Number(size) + 4}`);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.replaceChildren(dark);
}

function pair() {
  let end = 0;
  root.dataset.pairing = "waiting";
  part("pairing").hidden = false;
  part("pairing-host").textContent = `${location.host}/desk/screens`;
  const countDown = () => {
    const left = end - performance.now();
    part("pairing-left").textContent = left > 0 ? remaining(left) : "";
    part("pairing").style.setProperty("--left", String(Math.max(0, left / 600_000)));
  };
  setInterval(countDown, 1_000);
  const pairing = createPairing({
    fetch: (address, options) => fetch(address, options),
    timers: {
      setTimeout: (work, ms) => setTimeout(work, ms),
      clearTimeout: () => undefined,
      requestAnimationFrame,
    },
    now: () => performance.now(),
    onCode({ code, qr, lasts }) {
      root.dataset.pairing = "code";
      end = performance.now() + lasts;
      const [first, second] = spaced(code).split(" ");
      part("pairing-first").textContent = first ?? "";
      part("pairing-second").textContent = second ?? "";
      part("pairing-code").setAttribute("aria-label", [...code].join(" "));
      drawQr(qr);
      countDown();
    },
    onAway() {
      root.dataset.pairing = "away";
      end = 0;
      countDown();
    },
    onPaired(found) {
      keepPaired(localStorage, found);
      root.dataset.pairing = "done";
      location.reload();
    },
  });
  void pairing.start();
  if (paired)
    setInterval(async () => {
      if (!(await refused())) location.reload();
    }, ASK_AGAIN);
}

if (paired && !(await refused())) {
  part("board").hidden = false;
  // A module that did not come (a new build, and the server went away meanwhile) comes with another load of the page.
  await import("./main.js").catch(() => setTimeout(() => location.reload(), LOAD_AGAIN));
} else pair();
