/**
 * Miniatures: the real slides in small boxes, each slide's HTML fetched once by its hash; called by wall.js.
 *
 * Each has a shadow root with the screen's style sheets, so that the desk's page and the slide do not change each
 * other. The slide's unit of length is a fraction of its box, so the browser scales it by itself.
 */
/** @import {Board, Notice} from "./wall-model.js" */

const MOST_BODIES = 800;
const MOST_ASKED = 50;
/** The slide fills its box: here is no frame around it. */
const OWN =
  ".glass { width: 100%; height: 100%; background: var(--ground); contain: strict; } #stage { height: 100%; }";

/** @typedef {ReturnType<ReturnType<typeof createMiniatures>["make"]>} Miniature */

/**
 * @param {{sheets: string[], ask: (wanted: [string, string][]) => Promise<{hash: string, html: string}[]>}} options
 *   `sheets` are addresses of style sheets; `ask` gets [board, hash] pairs
 */
export function createMiniatures({ sheets, ask }) {
  const sheet = new CSSStyleSheet();
  const texts = sheets.map((address) => fetch(address).then((answer) => answer.text()));
  Promise.all(texts).then((all) => {
    const text = [...all, OWN].join("\n").replaceAll(/@import[^;]*;/g, "");
    // A miniature is as small as a telephone and is laid out as a board all the same.
    sheet.replaceSync(text.replaceAll("(max-width: 600px)", "(max-width: 0)"));
  });
  /** HTML by hash, the oldest first. @type {Map<string, string>} */
  const bodies = new Map();
  /** [board, hash] by hash. @type {Map<string, [string, string]>} */
  const wanted = new Map();
  /** The miniatures that show a hash as soon as it is here. @type {Map<string, Set<{redraw: () => boolean}>>} */
  const waiting = new Map();
  let asking = false;

  /** @param {string} hash @param {string} html */
  function keep(hash, html) {
    bodies.set(hash, html);
    const [oldest] = bodies.keys();
    if (bodies.size > MOST_BODIES && oldest !== undefined) bodies.delete(oldest);
    for (const miniature of waiting.get(hash) ?? []) miniature.redraw();
    waiting.delete(hash);
  }

  return {
    make() {
      const host = document.createElement("div");
      host.className = "mini";
      host.setAttribute("aria-hidden", "true");
      host.inert = true;
      const shadow = host.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [sheet];
      const glass = document.createElement("div");
      glass.className = "glass";
      shadow.append(glass);
      let key = "";
      /** @type {{hash: string | null, urgent: Notice | null}} */
      let now = { hash: null, urgent: null };

      /** False where the HTML is not here yet. */
      function draw() {
        const html = bodies.get(now.hash ?? "");
        if (html === undefined) return false;
        const whole = document.createElement("div");
        whole.id = now.urgent ? "notices" : "stage";
        const stage = document.createElement("section");
        if (now.urgent) {
          Object.assign(stage.dataset, { notice: "", risk: String(now.urgent.risk) });
          if (now.urgent.exercise) stage.dataset.exercise = "";
        } else stage.className = "layer";
        stage.ariaHidden = "false";
        stage.innerHTML = html;
        whole.append(stage);
        glass.replaceChildren(whole);
        return true;
      }

      const miniature = {
        host,
        redraw: draw,
        clear() {
          if (!key) return;
          key = "";
          now = { hash: null, urgent: null };
          glass.replaceChildren();
        },
        /** @param {Board} board @param {string | null} hash @param {Notice | null} urgent whose body the hash is */
        show(board, hash, urgent) {
          const next = `${board.layout} ${board.size} ${board.theme} ${hash}`;
          if (key === next || !hash) return;
          key = next;
          now = { hash, urgent };
          Object.assign(glass.dataset, { layout: board.layout, size: board.size, theme: board.theme });
          host.dataset.layout = board.layout;
          if (draw()) return;
          waiting.set(hash, new Set(waiting.get(hash)).add(miniature));
          wanted.set(hash, [board.slug, hash]);
        },
      };
      return miniature;
    },
    /** Asks for the bodies that are missing, at most 50 at a time. */
    async fetch() {
      if (asking || !wanted.size) return;
      asking = true;
      const some = [...wanted.values()].slice(0, MOST_ASKED);
      for (const [, hash] of some) wanted.delete(hash);
      try {
        for (const { hash, html } of await ask(some)) keep(hash, html);
      } catch {
        for (const one of some) if (waiting.has(one[1])) wanted.set(one[1], one);
      }
      asking = false;
    },
  };
}
