/** The page of a board as the display's modules find it, without a browser; used by the tests that touch elements. */
import { Window } from "happy-dom";
import { createParser, createPolicy } from "../../display/stage/trusted_types.js";

const PAGE = `<html data-board="minh-tan" data-build="b1"><body><div id="board">
<header id="frame-top"><span class="mark"></span><p id="board-area"></p><h1 id="board-name"></h1>
<p id="date-solar"></p><p id="date-lunar"></p><p id="date-lunar-short"></p><p id="clock-minutes"></p><p id="clock-seconds"></p></header>
<div id="banner" hidden><b id="banner-label"></b><p id="banner-text"></p><p id="banner-alerts"></p></div><p id="alerts-page" hidden></p>
<main id="stage"><section class="layer" aria-hidden="true"></section><section class="layer" aria-hidden="true"></section></main>
<aside id="side"><ol id="coming"></ol></aside><p id="ticker"><span id="ticker-text"></span></p>
<footer id="frame-bottom"><ol id="progress"></ol><p id="next-title"></p><p id="count"></p><p id="alerts" hidden></p><p id="as-of" hidden></p></footer>
</div><div id="notices" hidden></div><div id="curtain" hidden></div>
<button id="pause">Tạm dừng</button><button id="list">Danh sách</button></body></html>`;

export function fakePage() {
  const window = new Window();
  const { document } = window;
  document.write(PAGE);
  const get = (id) => document.getElementById(id);
  return {
    window,
    document,
    get,
    parse: createParser(document, createPolicy({})),
    main: get("stage"),
    layers: () => [...document.querySelectorAll("main#stage > section.layer")],
    /** The hash in the visible layer: what people see. */
    visible: () =>
      document.querySelector('main#stage [data-slide][aria-hidden="false"]')?.dataset.slide ?? null,
  };
}
