// Miniatures: the real slides in small boxes, their bodies fetched once by hash; called by wall.js.
//
// Each stands in a shadow of its own with the glass's sheets, so that neither page nor slide changes the other. The
// unit of the glass is a part of its box, so the browser scales it by itself.

const MOST_BODIES = 800;
const MOST_ASKED = 50;
/** The slide fills its box: there is no frame around it here. */
const OWN = ".glass { width: 100%; height: 100%; background: var(--ground); contain: strict; } #stage { height: 100%; }";

/** @param {{sheets: string[], ask: (wanted: [string, string][]) => Promise<{hash: string, html: string}[]>}} options */
export function createMiniatures({ sheets, ask }) {
  const sheet = new CSSStyleSheet();
  const texts = sheets.map((address) => fetch(address).then((answer) => answer.text()));
  Promise.all(texts).then((all) => {
    const text = [...all, OWN].join("\n").replaceAll(/@import[^;]*;/g, "");
    // A miniature is as small as a telephone and shows a board all the same.
    sheet.replaceSync(text.replaceAll("(max-width: 600px)", "(max-width: 0)"));
  });
  /** @type {Map<string, string>} */
  const bodies = new Map();
  /** @type {Map<string, [string, string]>} */
  const wanted = new Map();
  const waiting = new Map();
  let asking = false;

  function keep(hash, html) {
    bodies.set(hash, html);
    if (bodies.size > MOST_BODIES) bodies.delete(bodies.keys().next().value);
    for (const mini of waiting.get(hash) ?? []) mini.redraw();
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
      let now = { hash: null, urgent: null };

      function draw() {
        const html = bodies.get(now.hash);
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

      const mini = {
        host,
        redraw: draw,
        clear() {
          if (!key) return;
          key = "";
          now = { hash: null, urgent: null };
          glass.replaceChildren();
        },
        show(board, hash, urgent) {
          const next = `${board.layout} ${board.size} ${board.theme} ${hash}`;
          if (key === next || !hash) return;
          key = next;
          now = { hash, urgent };
          Object.assign(glass.dataset, { layout: board.layout, size: board.size, theme: board.theme });
          host.dataset.layout = board.layout;
          if (draw()) return;
          waiting.set(hash, new Set(waiting.get(hash)).add(mini));
          wanted.set(hash, [board.slug, hash]);
        },
      };
      return mini;
    },
    /** Asks for the bodies that are missing, some at a time. */
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
