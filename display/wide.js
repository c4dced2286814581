/**
 * Starts the board where the window is wide enough for it; loaded by the page that is a list on telephones. There the
 * board's styles and scripts are neither loaded nor run, unless the window becomes wide.
 */

const wide = matchMedia("(min-width: 700px)");

/** Waits until the sheet is used; a sheet that cannot be loaded must not keep the board dark. @param {HTMLLinkElement} link */
const used = (link) =>
  new Promise((resolve) => {
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", resolve, { once: true });
    link.rel = "stylesheet";
  });

async function start() {
  const sheets = /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll("link[data-sheet]"));
  await Promise.all([...sheets].map(used));
  document.documentElement.dataset.styled = "";
  await import("./main.js");
}

if (wide.matches) await start();
else wide.addEventListener("change", () => void start(), { once: true });
