/**
 * The page of a device, /screen, which loads it: a paired device shows its board (main.js), any other a code of eight
 * letters until somebody types them at the desk.
 */
import { askWhere, readPairing, savePairing } from "./device/identity.js";
import { createPairing, remaining, spaced } from "./device/pairing.js";

const SVG = "http://www.w3.org/2000/svg";
/** Milliseconds between two checks of a refused key: it may be valid again, after a restore of the store, say. */
const ASK_AGAIN = 60_000;
const DEADLINE = 5_000;
const LOAD_AGAIN = 10_000;

const root = document.documentElement;
/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const paired = readPairing(localStorage);

/** Whether the key is invalid. Stores the new board where the device has been moved. */
async function refused() {
  if (!paired) return false;
  const { gone, board } = await askWhere(fetch, paired, DEADLINE);
  if (board !== paired.board) savePairing(localStorage, { ...paired, board });
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
      savePairing(localStorage, found);
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
  // A module that could not be loaded (a new build, and the server has gone away) comes with another page load.
  await import("./main.js").catch(() => setTimeout(() => location.reload(), LOAD_AGAIN));
} else pair();
