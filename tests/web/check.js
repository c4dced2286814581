/**
 * Finds what is wrong with the look of a page: run inside Chromium by tests/web/look.py, once for each slide.
 *
 * Returns faults as sentences. Ink is what the font's glyphs cover, not the line box: marks on capitals stand
 * higher than the box that a browser reports.
 */
({ strict, themes = [] }) => {
  const SLACK = 1.5;
  const ASCENT = 1.0;
  const faults = [];
  const pen = document.createElement("canvas").getContext("2d");
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const area = document.querySelector("#notices > section") ?? document.querySelector("#stage");
  const scrolls = (node) => !strict && node && getComputedStyle(node).overflowY === "auto";
  const cuts = (style) => style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";

  /** The box that cuts a text with an ellipsis: its own parent, or one above it. */
  function cutter(node) {
    for (let box = node.parentElement; box && box !== document.body; box = box.parentElement)
      if (cuts(getComputedStyle(box))) return box;
    return null;
  }

  /** The lines of a text node: words, ink box. */
  function linesOf(node) {
    const style = getComputedStyle(node.parentElement);
    const cut = cutter(node);
    pen.font = `${style.fontWeight} ${style.fontSize} "Be Vietnam Pro"`;
    const size = Number.parseFloat(style.fontSize);
    const lines = [];
    for (const match of node.data.matchAll(/[^ \n]+/g)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      for (const rect of cut ? [...range.getClientRects()].slice(0, 1) : range.getClientRects()) {
        const last = lines.at(-1);
        if (last && Math.abs(last.top - rect.top) < size / 4) {
          last.right = Math.max(last.right, rect.right);
          last.words += ` ${match[0]}`;
        } else lines.push({ left: rect.left, right: rect.right, top: rect.top, words: match[0], parent: node.parentElement });
      }
    }
    for (const line of lines) {
      const ink = pen.measureText(line.words);
      line.baseline = line.top + ASCENT * size;
      line.inkTop = line.baseline - ink.actualBoundingBoxAscent;
      line.inkBottom = line.baseline + ink.actualBoundingBoxDescent;
      if (cut) line.right = Math.min(line.right, cut.getBoundingClientRect().right);
    }
    const box = node.parentElement.getBoundingClientRect();
    const clamped = style.webkitLineClamp !== "none";
    return lines.filter((line) => line.right > line.left && !scrolledAway(line) && !(clamped && line.inkBottom > box.bottom + size / 4));
  }

  /** Whether a line is out of sight in a box that a reader can scroll. */
  function scrolledAway(line) {
    // The running line moves, and the list beside the slides lets whole titles go on to a column that is not seen.
    if (line.parent.closest("#ticker")) return true;
    const list = line.parent.closest("#coming");
    if (list && line.left >= list.getBoundingClientRect().right - 1) return true;
    const box = [".notice", ".layer"].map((one) => line.parent.closest(one)).find(scrolls);
    return box && line.inkBottom > box.getBoundingClientRect().bottom;
  }

  function allLines() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const lines = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.data.trim() && node.parentElement.closest("#board, #notices, .tools") && shown(node.parentElement))
        lines.push(...linesOf(node));
    }
    const covered = document.querySelector("#notices:not([hidden])");
    return covered ? lines.filter(({ parent }) => covered.contains(parent)) : lines;
  }

  function clipped(line) {
    for (let box = line.parent; box && box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const edge = box.getBoundingClientRect();
      const wide = style.overflowX !== "visible" && (line.right > edge.right + SLACK || line.left < edge.left - SLACK);
      const high = style.overflowY !== "visible" && (line.inkTop < edge.top - SLACK || line.inkBottom > edge.bottom + SLACK);
      if ((wide && !cuts(style)) || (high && !scrolls(box) && style.webkitLineClamp === "none"))
        faults.push(`clipped by ${box.id || box.className || box.localName}: ${line.words}`);
      if (cuts(style) || scrolls(box)) return;
    }
  }

  /** Relative luminance of "rgb(r g b)", WCAG 2. */
  function luminance(colour) {
    const [r, g, b] = colour.map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);

  /** What lies behind a text: the first ancestor with a colour of its own. */
  function ground(node) {
    for (let box = node; box; box = box.parentElement) {
      const [r, g, b, alpha = 1] = parts(getComputedStyle(box).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  }

  /** GLASS: at least 7:1, whatever the size of the type. */
  function pale(line, theme = "") {
    const [a, b] = [parts(getComputedStyle(line.parent).color).slice(0, 3), ground(line.parent)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    // Red diodes beside unlit ones are 5.3 by the formula for screens, and the strongest contrast that a module has.
    const least = document.documentElement.dataset.size === "LED" ? 5 : 7;
    if (ratio < least) faults.push(`contrast of ${ratio.toFixed(1)}${theme && ` in ${theme}`}: ${line.words}`);
  }

  function outside(line) {
    const [across, down] = [innerWidth, innerHeight];
    const lenient = !strict || document.documentElement.dataset.size === "LED";
    const x = lenient ? 0 : across * 0.05;
    const y = lenient ? 0 : down * 0.05;
    const cutOff = getComputedStyle(line.parent).textOverflow === "ellipsis";
    if (line.left < x - SLACK || (line.right > across - x + SLACK && !cutOff)) faults.push(`outside at a side: ${line.words}`);
    if (strict && (line.inkTop < y - SLACK || line.inkBottom > down - y + SLACK))
      faults.push(`outside at top or bottom: ${line.words}`);
  }

  function touching(lines) {
    for (const [at, one] of lines.entries())
      for (const other of lines.slice(at + 1)) {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.inkBottom, other.inkBottom) - Math.max(one.inkTop, other.inkTop);
        if (across > SLACK && down > SLACK) faults.push(`text on text: ${one.words} / ${other.words}`);
      }
  }

  function onPictures(lines, boxes) {
    for (const line of lines)
      for (const box of boxes) {
        const across = Math.min(line.right, box.right) - Math.max(line.left, box.left);
        const down = Math.min(line.inkBottom, box.bottom) - Math.max(line.inkTop, box.top);
        if (across > SLACK && down > SLACK) faults.push(`text on a picture: ${line.words}`);
      }
  }

  /** The longest stretch of the area, along one axis, in which there is nothing at all. */
  function hole(spans, from, to) {
    let [reached, longest] = [from, 0];
    for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
      longest = Math.max(longest, start - reached);
      reached = Math.max(reached, end);
    }
    return Math.max(longest, to - reached) / (to - from);
  }

  function empty(lines, boxes) {
    const frame = area.getBoundingClientRect();
    const inside = lines.filter(({ parent }) => area.contains(parent));
    const across = hole([...inside.map((l) => [l.left, l.right]), ...boxes.map((b) => [b.left, b.right])], frame.left, frame.right);
    const down = hole([...inside.map((l) => [l.inkTop, l.inkBottom]), ...boxes.map((b) => [b.top, b.bottom])], frame.top, frame.bottom);
    const wide = frame.width > frame.height;
    if ((wide ? across : down) > 1 / 3) faults.push(`an empty third: ${Math.round((wide ? across : down) * 100)} %`);
    if ((wide ? down : across) > 1 / 2) faults.push(`an empty half: ${Math.round((wide ? down : across) * 100)} %`);
  }

  /** Themes differ only in colours: nothing else needs to be looked at again. */
  function paleInThemes(lines) {
    const own = document.documentElement.dataset.theme;
    for (const theme of themes) {
      document.documentElement.dataset.theme = theme;
      for (const line of lines) pale(line, theme);
    }
    document.documentElement.dataset.theme = own;
  }

  function look() {
    const lines = allLines();
    const drawn = [...area.querySelectorAll("img, video, .qr, .ornament, .rows")].filter(shown).map((node) => {
      const box = node.getBoundingClientRect();
      const bottom = Math.min(box.bottom, area.getBoundingClientRect().bottom);
      const right = Math.min(box.right, area.getBoundingClientRect().right);
      return { left: box.left, right, top: box.top, bottom, table: node.matches(".rows") };
    });
    if (lines.length < 1) faults.push("no text at all");
    for (const line of lines) {
      clipped(line);
      outside(line);
      pale(line);
    }
    paleInThemes(lines);
    touching(lines);
    onPictures(lines, drawn.filter(({ table }) => !table));
    if (strict && document.documentElement.dataset.size !== "LED") empty(lines, drawn);
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  }

  const strip = strict && document.querySelector(".turn[class*='of-']");
  if (!strip) look();
  else {
    strip.style.animation = "none";
    const sheets = [...strip.children];
    for (const [at, sheet] of sheets.entries()) {
      for (const other of sheets) other.style.visibility = other === sheet ? "visible" : "hidden";
      strip.style.transform = `translateY(${(-100 * at) / sheets.length}%)`;
      look();
    }
  }
  return [...new Set(faults)];
};
