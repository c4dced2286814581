/** Reloading for a new build, commands, and what the page does with the device. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCommands } from "../../../display/device/commands.js";
import { countFaults, createOffline } from "../../../display/device/device.js";
import { createPageReload } from "../../../display/device/page_reload.js";
import { fakeTime, MINUTE, T } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

function counter() {
  return {
    reloads: 0,
    saved: [],
    count() {
      this.reloads += 1;
    },
    keep(ids) {
      this.saved = ids;
    },
  };
}

function session() {
  const store = new Map();
  return { getItem: (key) => store.get(key) ?? null, setItem: (key, word) => void store.set(key, word) };
}

function renewals(random = 0.5) {
  const storage = session();
  const seen = counter();
  const page = () =>
    createPageReload({ build: "b1", random: () => random, storage, reload: () => seen.count() });
  return { page, seen };
}

test("a new build reloads the page, spread over a minute, never under an urgent notice", () => {
  const { page, seen } = renewals(0.5);
  const pageReload = page();
  pageReload.check("b1", T, false);
  pageReload.check(undefined, T, false);
  pageReload.check("b2", T, false);
  pageReload.check("b2", T + 29_999, false);
  pageReload.check("b2", T + 30_000, true);
  assert.equal(seen.reloads, 0);
  pageReload.check("b2", T + 31_000, false);
  assert.equal(seen.reloads, 1);
});

test("a reload that brings the old page is not repeated for ten minutes", () => {
  const { page, seen } = renewals(0);
  page().check("b2", T, false);
  page().check("b2", T + MINUTE, false);
  assert.equal(seen.reloads, 1);
  page().check("b2", T + 10 * MINUTE, false);
  assert.equal(seen.reloads, 2);
  page().check("b3", T + 10 * MINUTE, false);
  assert.equal(seen.reloads, 3);
});

function commands(done = [], { storage = session(), save } = {}) {
  const time = fakeTime();
  const page = fakePage();
  const seen = counter();
  const command = createCommands({
    done: () => done,
    save: save ?? (async (ids) => seen.keep(ids)),
    storage,
    reload: () => seen.count(),
    now: time.local,
    document: page.document,
    timers: time.timers,
    place: () => ({ board: "Trụ sở xã Minh Tân", area: "Xã Minh Tân" }),
  });
  return { time, page, seen, command };
}

test("a reload is carried out once, in time, and remembered before the page goes", async () => {
  const { seen, command } = commands(["old"]);
  await command({ id: "old", name: "reload", until: T + 1 });
  await command({ id: "late", name: "reload", until: T });
  assert.equal(seen.reloads, 0);
  await command({ id: "c1", name: "reload", until: T + 1 });
  await command({ id: "c1", name: "reload", until: T + 1 });
  assert.equal(seen.reloads, 1);
  assert.deepEqual(seen.saved, ["old", "c1"]);
});

test("a reload is not repeated where the memory cannot be written", async () => {
  const storage = session();
  const page = () => commands([], { storage, save: async () => undefined });
  const first = page();
  await first.command({ id: "c1", name: "reload", until: T + MINUTE });
  assert.equal(first.seen.reloads, 1);
  const next = page();
  await next.command({ id: "c1", name: "reload", until: T + MINUTE });
  assert.equal(next.seen.reloads, 0);
});

test("a reload waits two seconds for a memory that hangs, and does not need the tab's storage", async () => {
  const refuse = () => {
    throw new Error("denied");
  };
  const storage = { getItem: refuse, setItem: refuse };
  const { time, seen, command } = commands([], { storage, save: () => new Promise(() => undefined) });
  void command({ id: "c1", name: "reload", until: T + MINUTE });
  await time.advance(1_999);
  assert.equal(seen.reloads, 0);
  await time.advance(1);
  assert.equal(seen.reloads, 1);
});

test("identify shows the screen's name, its board and area for a minute", async () => {
  const { time, page, seen, command } = commands();
  await command({ id: "c1", name: "identify", until: T + 1, screen: "Sảnh tầng 1" });
  const lines = [...page.get("identify").children].map((line) => line.textContent);
  assert.deepEqual(lines, ["Sảnh tầng 1", "Trụ sở xã Minh Tân · Xã Minh Tân"]);
  await time.advance(59_999);
  assert.notEqual(page.get("identify"), null);
  await time.advance(1);
  assert.equal(page.get("identify"), null);
  await command({ id: "c2", name: "screenshot", until: T + MINUTE });
  assert.equal(seen.reloads, 0);
});

test("faults are counted, overflows named once", () => {
  const { window } = fakePage();
  const { faults, note, overflow } = countFaults(window);
  window.dispatchEvent(new window.ErrorEvent("error", { message: "boom" }));
  note("x".repeat(500));
  overflow([{ hash: "a", element: "title", by: 4 }]);
  overflow([
    { hash: "a", element: "title", by: 4 },
    { hash: "b", element: "text", by: 9 },
  ]);
  assert.equal(faults.errors, 2);
  assert.equal(faults.last.length, 200);
  assert.deepEqual(
    faults.overflows.map(({ hash }) => hash),
    ["a", "b"],
  );
});

test("the service worker is registered for boards only, and gets the pictures when they change", () => {
  const registered = [];
  const told = [];
  const serviceWorker = {
    controller: { postMessage: (word) => told.push(word) },
    register: async (...words) => void registered.push(words),
  };
  const policy = { createHTML: (html) => html, createScriptURL: (address) => address };
  const offline = createOffline({
    navigator: { serviceWorker },
    slug: "minh-tan",
    scope: "/board/",
    build: "b1",
    policy,
    note: () => 0,
    local: () => at,
  });
  let at = 0;
  offline.keep(["/glass/media/2", "/glass/media/1"]);
  offline.keep(["/glass/media/1", "/glass/media/2", "/glass/media/2"]);
  assert.deepEqual(registered, [["/offline.js?build=b1", { scope: "/board/", type: "module" }]]);
  const list = { slug: "minh-tan", keep: ["/glass/media/1", "/glass/media/2"] };
  assert.deepEqual(told, [list]);
  // Failed pictures are tried once more.
  at = 600_000;
  offline.keep(list.keep);
  assert.deepEqual(told, [list, list]);
  assert.equal(offline.cold(), true);
});

test("without a secure context it reports that it cannot start without a server", () => {
  const policy = { createHTML: (html) => html, createScriptURL: (address) => address };
  const offline = createOffline({
    navigator: {},
    slug: "minh-tan",
    scope: "/screen",
    build: "b1",
    policy,
    note: () => 0,
    local: () => 0,
  });
  offline.keep(["/glass/media/1"]);
  assert.equal(offline.cold(), false);
});
