/** The service worker: a screen starts without a server, and the caches hold what is needed and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "../../display/offline.js";
import { fakeTime } from "./fakes.mjs";

const HOME = "https://bang.tin";
const keyOf = (request) => new URL(typeof request === "string" ? request : request.url, HOME).href;

class FakeCache {
  constructor(fetch) {
    this.held = new Map();
    this.fetch = fetch;
  }
  async put(request, answer) {
    this.held.set(keyOf(request), answer);
  }
  async match(request) {
    return this.held.get(keyOf(request))?.clone();
  }
  async delete(request) {
    return this.held.delete(keyOf(request));
  }
  async keys() {
    return [...this.held.keys()].map((url) => ({ url }));
  }
  async addAll(urls) {
    for (const url of urls) {
      const answer = await this.fetch(url);
      if (!answer.ok) throw new TypeError(`not ok: ${url}`);
      await this.put(url, answer);
    }
  }
}

/** A browser with one device's caches; `server` answers by path, null: it is away. */
function cast(server) {
  const time = fakeTime();
  const stores = new Map();
  const device = { server, asked: [] };
  const fetch = async (request) => {
    const { pathname } = new URL(keyOf(request));
    device.asked.push(pathname);
    if (device.server === null) throw new TypeError("Failed to fetch");
    const word = device.server[pathname];
    if (word instanceof Promise) return word;
    return word === undefined ? new Response("none", { status: 404 }) : new Response(word);
  };
  const caches = {
    async open(name) {
      if (!stores.has(name)) stores.set(name, new FakeCache(fetch));
      return stores.get(name);
    },
    async match(request) {
      for (const store of stores.values()) {
        const found = await store.match(request);
        if (found) return found;
      }
    },
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
  };
  const start = (build, windows = []) => {
    const hears = {};
    install({
      location: { href: `${HOME}/offline.js?build=${build}`, origin: HOME },
      caches,
      fetch,
      skipWaiting: async () => undefined,
      clients: {
        claim: async () => undefined,
        matchAll: async () => windows.map((path) => ({ url: HOME + path })),
      },
      setTimeout: time.timers.setTimeout,
      addEventListener: (type, hear) => {
        hears[type] = hear;
      },
    });
    const send = async (type, more = {}) => {
      const works = [];
      const event = {
        ...more,
        waitUntil: (work) => works.push(work),
        respondWith: (work) => works.push(work),
      };
      hears[type](event);
      const answers = await Promise.all(works);
      await Promise.all(works);
      return answers[0];
    };
    return {
      begin: async () => {
        await send("install");
        await send("activate");
      },
      keep: (slug, keep) => send("message", { data: { slug, keep } }),
      get: (path, mode = "no-cors", method = "GET") =>
        send("fetch", { request: { url: keyOf(path), mode, method } }),
    };
  };
  const held = async (name) =>
    (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname).sort();
  return { device, start, stores, held, time, caches };
}

const site = (build) => ({
  [`/assets/${build}/manifest.json`]: JSON.stringify([`/assets/${build}/main.js`, "board.css"]),
  [`/assets/${build}/main.js`]: `main of ${build}`,
  [`/assets/${build}/board.css`]: "css",
  "/board/minh-tan": `<html data-board="minh-tan" data-build="${build}">`,
  "/glass/media/1": "one",
  "/glass/media/2": "two",
  "/glass/state": "{}",
});
const text = async (answer) => (await answer).text();

test("a start without a server finds page, shell and pictures", async () => {
  const { device, start } = cast(site("b1"));
  const worker = start("b1", ["/board/minh-tan?x=1"]);
  await worker.begin();
  await worker.keep("minh-tan", ["/glass/media/1"]);
  device.server = null;
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b1"/);
  assert.equal(await text(worker.get("/assets/b1/main.js")), "main of b1");
  assert.equal(await text(worker.get("/assets/b1/board.css")), "css");
  assert.equal(await text(worker.get("/glass/media/1")), "one");
});

test("a board that was never loaded shows a waiting page, not the browser's error page", async () => {
  const { start } = cast(null);
  const words = await text(start("b1").get("/board/minh-tan", "navigate"));
  assert.match(words, /Đang chờ kết nối/);
  assert.match(words, /http-equiv="refresh"/);
});

test("the page comes from the server while it answers within three seconds", async () => {
  const { device, start, time } = cast(site("b1"));
  const worker = start("b1", ["/board/minh-tan"]);
  await worker.begin();
  device.server["/board/minh-tan"] = `<html data-build="b2">`;
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /b2/);
  device.server["/board/minh-tan"] = new Promise(() => undefined);
  const waiting = text(worker.get("/board/minh-tan", "navigate"));
  await time.advance(3_000);
  // The page of b2 is not cached, because its shell is not.
  assert.match(await waiting, /data-build="b1"/);
});

test("an interrupted upgrade leaves the former page with its shell", async () => {
  const { device, start } = cast(site("b1"));
  const worker = start("b1", ["/board/minh-tan"]);
  await worker.begin();
  device.server = site("b2");
  delete device.server["/assets/b2/board.css"];
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /b2/);
  await assert.rejects(start("b2", ["/board/minh-tan"]).begin(), TypeError);
  device.server = null;
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b1"/);
  assert.equal(await text(worker.get("/assets/b1/main.js")), "main of b1");
});

test("a new worker passes an old server's page on and does not cache it", async () => {
  const { device, start } = cast(site("b2"));
  const worker = start("b2", ["/board/minh-tan"]);
  await worker.begin();
  device.server = site("b1");
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b1"/);
  assert.equal(await text(worker.get("/assets/b1/main.js")), "main of b1");
  device.server = null;
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b2"/);
});

test("a picture too large for the disk does not prevent caching the others", async () => {
  const { start, stores, held } = cast(site("b1"));
  const worker = start("b1");
  await worker.keep("minh-tan", []);
  const cache = stores.get("media:minh-tan");
  const put = cache.put.bind(cache);
  cache.put = async (url, answer) => {
    if (url.endsWith("/1")) throw new DOMException("full", "QuotaExceededError");
    await put(url, answer);
  };
  await worker.keep("minh-tan", ["/glass/media/1", "/glass/media/2"]);
  assert.deepEqual(await held("media:minh-tan"), ["/glass/media/2"]);
});

test("a failing storage does not stop the page from using the server", async () => {
  const { start, caches } = cast(site("b1"));
  const worker = start("b1", ["/board/minh-tan"]);
  await worker.begin();
  caches.match = async () => {
    throw new DOMException("broken", "UnknownError");
  };
  assert.equal(await text(worker.get("/assets/b1/main.js")), "main of b1");
  assert.equal(await text(worker.get("/glass/media/1")), "one");
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b1"/);
});

test("a proxy's error does not replace the cached board", async () => {
  const { device, start } = cast(site("b1"));
  const worker = start("b1", ["/board/minh-tan"]);
  await worker.begin();
  device.server["/board/minh-tan"] = Promise.resolve(new Response("bad gateway", { status: 502 }));
  assert.match(await text(worker.get("/board/minh-tan", "navigate")), /data-build="b1"/);
});

test("exactly the pictures that the state names are cached, each fetched once", async () => {
  const { device, start, held } = cast(site("b1"));
  const worker = start("b1");
  await worker.keep("minh-tan", ["/glass/media/1", "/glass/media/404"]);
  await worker.keep("minh-tan", ["/glass/media/1", "/glass/media/2"]);
  assert.deepEqual(await held("media:minh-tan"), ["/glass/media/1", "/glass/media/2"]);
  await worker.keep("minh-tan", ["/glass/media/2"]);
  assert.deepEqual(await held("media:minh-tan"), ["/glass/media/2"]);
  assert.equal(device.asked.filter((path) => path === "/glass/media/1").length, 1);
});

test("a new build takes over, and the old shell is dropped when no page needs it", async () => {
  const { device, start, stores } = cast(site("b1"));
  await start("b1", ["/board/minh-tan"]).begin();
  device.server = { ...site("b2"), "/board/minh-tan": site("b1")["/board/minh-tan"] };
  await start("b2", ["/board/minh-tan"]).begin();
  assert.ok(stores.has("shell:b1") && stores.has("shell:b2"));
  device.server = site("b2");
  await start("b2", ["/board/minh-tan"]).begin();
  assert.deepEqual([stores.has("shell:b1"), stores.has("shell:b2")], [false, true]);
});

test("an incomplete shell is not installed", async () => {
  const broken = site("b1");
  delete broken["/assets/b1/board.css"];
  await assert.rejects(cast(broken).start("b1").begin(), TypeError);
});

test("the state, other origins and writes are not handled", async () => {
  const worker = cast(site("b1")).start("b1");
  assert.equal(await worker.get("/glass/state?board=minh-tan"), undefined);
  assert.equal(await worker.get("https://elsewhere.example/assets/x"), undefined);
  assert.equal(await worker.get("/glass/media/1", "no-cors", "POST"), undefined);
  assert.equal(await worker.get("/desk/", "navigate"), undefined);
});
