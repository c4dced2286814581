/**
 * The service worker of the boards, registered by main.js: it lets a screen start while the server is away, with page,
 * scripts and pictures from its caches, and never shows a browser's error page.
 *
 * Shell: all files of /assets/BUILD/manifest.json, one cache for each build. Pictures: those that the page's state
 * names. Page: the network first, for three seconds; stored only with the shell it needs, so that a full disk or a
 * server that fails during an upgrade leaves the former page complete.
 */

const PAGE_DEADLINE = 3_000;
const MOST_PAGES = 8;
const PAGES = "pages";

/** The page of a board that has never been loaded while the server is away; it reloads itself. */
const WAITING = `<!doctype html><html lang="vi"><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<title>Bảng tin</title><style>body{margin:0;height:100vh;display:grid;place-items:center;background:#fbf9f4;
color:#14213a;font:3vw/1.5 sans-serif}</style><p>Đang chờ kết nối với máy chủ…</p></html>`;

/**
 * @typedef {{waitUntil(work: Promise<unknown>): void}} Lasting
 * @typedef {Lasting & {request: Request, respondWith(answer: Promise<Response>): void}} FetchEvent
 * @typedef {Lasting & {data: {slug?: string, keep?: string[]}}} Message
 * @typedef {{
 *   location: {href: string, origin: string}, caches: CacheStorage, fetch: typeof globalThis.fetch,
 *   skipWaiting(): Promise<void>,
 *   clients: {claim(): Promise<void>, matchAll(options: object): Promise<readonly {url: string}[]>},
 *   setTimeout(work: () => void, ms: number): unknown,
 *   addEventListener(type: string, listener: (event: any) => void): void,
 * }} Scope what is used of ServiceWorkerGlobalScope
 */

/** @param {string} build */
const shellOf = (build) => `shell:${build}`;

/**
 * Adds the worker's event listeners to its global scope.
 * @param {Scope} scope
 */
export function install(scope) {
  const { caches, location } = scope;
  const build = new URL(location.href).searchParams.get("build") ?? "";
  /** Messages are handled one after the other, so that two lists do not mix. @type {Promise<unknown>} */
  let keeping = Promise.resolve();

  async function precache() {
    const manifest = new URL(`/assets/${build}/manifest.json`, location.origin).href;
    const answer = await scope.fetch(manifest);
    if (!answer.ok) throw new Error(`no list of the shell: ${answer.status}`);
    const names = /** @type {string[]} */ (await answer.json());
    const cache = await caches.open(shellOf(build));
    await cache.addAll(names.map((name) => new URL(name, manifest).href));
    await scope.skipWaiting();
  }

  async function activate() {
    await scope.clients.claim();
    for (const { url } of await scope.clients.matchAll({ type: "window" }))
      if (isPage(new URL(url))) await savePage(url);
    await dropShells();
  }

  /** @param {string} url */
  async function savePage(url) {
    const answer = await scope.fetch(url).catch(() => null);
    if (answer?.ok) await putPage(url, answer);
  }

  /** The cached answer; undefined where there is none or the storage fails. @param {Request | string} request */
  const cachedAnswer = (request) => caches.match(request).catch(() => undefined);

  /** @param {string} url @param {Response} answer */
  async function putPage(url, answer) {
    if (buildOf(await answer.clone().text()) !== build) return;
    const cache = await caches.open(PAGES);
    await cache.put(bare(url), answer);
    const pages = await cache.keys();
    for (const page of pages.slice(0, Math.max(0, pages.length - MOST_PAGES))) await cache.delete(page);
  }

  /** Drops the shells that no cached page needs; a page of an older build still needs its own. */
  async function dropShells() {
    const needed = new Set([shellOf(build)]);
    const pages = await caches.open(PAGES);
    for (const request of await pages.keys()) {
      const text = await (await pages.match(request))?.text();
      const named = buildOf(text ?? "");
      if (named !== undefined) needed.add(shellOf(named));
    }
    for (const name of await caches.keys())
      if (name.startsWith(shellOf("")) && !needed.has(name)) await caches.delete(name);
  }

  /** @param {FetchEvent} event @returns {Promise<Response>} */
  async function page(event) {
    const { url } = event.request;
    const fetched = scope.fetch(event.request).then((answer) => {
      if (answer.ok) event.waitUntil(putPage(url, answer.clone()));
      return answer;
    });
    const late = new Promise((resolve) => scope.setTimeout(() => resolve(null), PAGE_DEADLINE));
    const answer = /** @type {Response | null} */ (await Promise.race([fetched, late]).catch(() => null));
    // An error of the server (a proxy's 502, say) must not replace the board.
    if (answer && answer.status < 500) return answer;
    const cached = await cachedAnswer(bare(url));
    if (cached) return cached;
    const waiting = () => new Response(WAITING, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    return answer ?? (await fetched.catch(waiting));
  }

  /** @param {FetchEvent} event @param {string} path */
  async function asset({ request, waitUntil }, path) {
    const cached = await cachedAnswer(request);
    if (cached) return cached;
    const answer = await scope.fetch(request);
    const owner = path.split("/")[2];
    if (answer.ok && owner) {
      const copy = answer.clone();
      waitUntil(caches.open(shellOf(owner)).then((cache) => cache.put(request, copy)));
    }
    return answer;
  }

  /** Caches exactly the pictures that a board's state names. @param {string} slug @param {string[]} addresses */
  async function keep(slug, addresses) {
    const cache = await caches.open(`media:${slug}`);
    const wanted = new Set(addresses.map((address) => new URL(address, location.origin).href));
    for (const request of await cache.keys()) if (!wanted.delete(request.url)) await cache.delete(request);
    for (const url of wanted) {
      const answer = await scope.fetch(url).catch(() => null);
      // Where the disk is too full for one picture, a smaller one may still fit.
      if (answer?.ok) await cache.put(url, answer).catch(() => undefined);
    }
  }

  scope.addEventListener("install", (/** @type {Lasting} */ event) => event.waitUntil(precache()));
  scope.addEventListener("activate", (/** @type {Lasting} */ event) => event.waitUntil(activate()));
  scope.addEventListener("message", (/** @type {Message} */ event) => {
    const { slug, keep: addresses } = event.data ?? {};
    if (typeof slug !== "string" || !Array.isArray(addresses)) return;
    // A full disk or a lost cache must not break the chain: the next list tries again.
    keeping = keeping.then(() => keep(slug, addresses)).catch(() => undefined);
    event.waitUntil(keeping);
  });
  scope.addEventListener("fetch", (/** @type {FetchEvent} */ event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== location.origin) return;
    if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event));
    else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(bound(event), url.pathname));
    else if (/^\/glass\/(media|slides)\//.test(url.pathname))
      event.respondWith(cachedAnswer(event.request).then((cached) => cached ?? scope.fetch(event.request)));
  });
}

/** The event's methods bound to it, so that they can be destructured. @param {FetchEvent} event @returns {FetchEvent} */
function bound(event) {
  return {
    request: event.request,
    waitUntil: (work) => event.waitUntil(work),
    respondWith: (answer) => event.respondWith(answer),
  };
}

/** The build whose shell a page needs. @param {string} html */
function buildOf(html) {
  return html.match(/data-build="([^"]*)"/)?.[1];
}

/** @param {URL} url */
function isPage(url) {
  return url.pathname.startsWith("/board/") || url.pathname === "/screen";
}

/** The address without query and fragment: one cached page for each board. @param {string} url */
function bare(url) {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

if ("skipWaiting" in globalThis) install(/** @type {Scope} */ (/** @type {unknown} */ (globalThis)));
