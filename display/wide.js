/**
 * Starts the board where the window is wide enough for it; loaded by the page that is a list on telephones. There the
 * board's scripts are neither loaded nor run, unless the window becomes wide.
 */

const wide = matchMedia("(min-width: 700px)");

if (wide.matches) await import("./main.js");
else wide.addEventListener("change", () => import("./main.js"), { once: true });
