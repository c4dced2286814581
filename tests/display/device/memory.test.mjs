/** What survives a page load, on a real IndexedDB interface, and what happens without one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forceCloseDatabase, IDBFactory } from "fake-indexeddb";
import { createMemory } from "../../../display/device/memory.js";
import { body, desired, MINUTE, notice, T } from "../fakes.mjs";

const named = (bodies) => Object.fromEntries(bodies.map((one) => [one.hash, one]));

test("the next page load finds state, bodies, time, receipts and commands", async () => {
  const factory = new IDBFactory();
  const memory = createMemory({ factory, slug: "minh-tan" });
  const patch = { epoch: "e1", revision: 2, id: "bao", notice: notice("bao") };
  const receipts = {
    queue: [{ id: "bao", kind: "shown", at: T }],
    seen: [{ id: "bao", hash: "n", shown: true }],
  };
  memory.saveDesired(desired(), [patch]);
  memory.saveBodies(named([body("a", ["/glass/media/1"]), body("b")]));
  memory.saveTime({ server: T, offset: 12 });
  memory.saveReceipts(receipts);
  await memory.saveDone(["c1"]);

  const kept = await createMemory({ factory, slug: "minh-tan" }).load();
  assert.deepEqual(kept.base, desired());
  assert.deepEqual(kept.patches, [patch]);
  assert.deepEqual(kept.bodies, named([body("a", ["/glass/media/1"]), body("b")]));
  assert.deepEqual([kept.time, kept.receipts, kept.done], [{ server: T, offset: 12 }, receipts, ["c1"]]);
});

test("boards in one browser do not mix", async () => {
  const factory = new IDBFactory();
  await createMemory({ factory, slug: "minh-tan" }).saveDone(["c1"]);
  assert.deepEqual((await createMemory({ factory, slug: "hoi-truong" }).load()).done, []);
});

test("bodies are bounded, and those that the state names stay", async () => {
  const factory = new IDBFactory();
  const memory = createMemory({ factory, slug: "minh-tan" });
  await memory.load();
  for (let lap = 0; lap < 8; lap += 1)
    await memory.saveBodies(named(Array.from({ length: 100 }, (_, i) => body(`${lap}-${i}`))));
  const { bodies } = await createMemory({ factory, slug: "minh-tan" }).load();
  assert.equal(Object.keys(bodies).length, 400);
  assert.ok(Array.from({ length: 100 }, (_, i) => `7-${i}`).every((hash) => hash in bodies));
});

test("the last state saved is the last one written", async () => {
  const factory = new IDBFactory();
  const memory = createMemory({ factory, slug: "minh-tan" });
  for (let revision = 1; revision <= 20; revision += 1) memory.saveDesired(desired({ revision }), []);
  await memory.idle();
  assert.equal((await createMemory({ factory, slug: "minh-tan" }).load()).base.revision, 20);
});

test("without IndexedDB everything works, and health reports it", async () => {
  const memory = createMemory({ factory: undefined, slug: "minh-tan" });
  await memory.saveTime({ server: T, offset: 0 });
  assert.equal((await memory.load()).base, null);
  assert.equal(memory.broken(), true);
});

test("a refusing IndexedDB counts as none", async () => {
  const factory = {
    open() {
      const request = { error: new Error("quota") };
      queueMicrotask(() => request.onerror());
      return request;
    },
  };
  const memory = createMemory({ factory, slug: "minh-tan" });
  await memory.saveBodies(named([body("a")]));
  assert.deepEqual((await memory.load()).bodies, {});
  assert.equal(memory.broken(), true);
});

/** A real factory whose writes to the store named by `full` fail. */
function crowded(factory) {
  const disk = { full: "" };
  const open = (...words) => {
    const request = factory.open(...words);
    const hear = { onsuccess: null, onerror: null, onupgradeneeded: null };
    request.onupgradeneeded = (event) => hear.onupgradeneeded?.(event);
    request.onsuccess = () => {
      const database = request.result;
      const begin = database.transaction.bind(database);
      database.transaction = (names, mode) => {
        const transaction = begin(names, mode);
        if (mode === "readwrite" && disk.full === names) queueMicrotask(() => transaction.abort());
        return transaction;
      };
      hear.onsuccess?.();
    };
    return Object.defineProperty(hear, "result", { get: () => request.result });
  };
  return { disk, factory: { open } };
}

test("what did not fit is written with the next change, and health reports it in between", async () => {
  const real = new IDBFactory();
  const { disk, factory } = crowded(real);
  const memory = createMemory({ factory, slug: "minh-tan" });
  await memory.saveBodies(named([body("a")]));
  disk.full = "bodies";
  await memory.saveBodies(named([body("a"), body("b")]));
  assert.equal(memory.broken(), true);
  disk.full = "";
  await memory.saveBodies(named([body("a"), body("b"), body("c")]));
  assert.equal(memory.broken(), false);
  const { bodies } = await createMemory({ factory: real, slug: "minh-tan" }).load();
  assert.deepEqual(Object.keys(bodies), ["a", "b", "c"]);
});

/** A real factory that remembers its connections, and refuses them while `refuses`. */
function watched(real) {
  const seen = { connections: [], refuses: false, asked: 0 };
  const open = (...words) => {
    seen.asked += 1;
    if (seen.refuses) throw new Error("no disk");
    const request = real.open(...words);
    request.addEventListener("success", () => seen.connections.push(request.result));
    return request;
  };
  return { seen, factory: { open } };
}

async function filled(factory, local) {
  const memory = createMemory({ factory, slug: "minh-tan", local });
  await memory.load();
  memory.saveDesired(desired({ revision: 3 }), []);
  await memory.saveBodies(named([body("a"), body("b")]));
  return memory;
}

for (const [how, close] of [
  ["closed by the browser", forceCloseDatabase],
  ["closed unseen", (database) => database.close()],
  ["asked to make room", (database) => database.onversionchange()],
])
  test(`a connection that was ${how} is opened again, and all that is known is written`, async () => {
    let at = 0;
    const { seen, factory } = watched(new IDBFactory());
    const memory = await filled(factory, () => at);
    const [first] = seen.connections;
    close(first);
    await memory.saveDone(["c1"]);
    assert.equal(memory.broken(), true);
    assert.equal(seen.asked, 1, "not at every change");

    // Everything is gone, as after clearing the browser's storage.
    const empty = new IDBFactory();
    factory.open = (...words) => empty.open(...words);
    at = MINUTE;
    await memory.saveTime({ server: T, offset: 0 });
    assert.equal(memory.broken(), false);
    const kept = await createMemory({ factory: empty, slug: "minh-tan" }).load();
    assert.equal(kept.base.revision, 3);
    assert.deepEqual(Object.keys(kept.bodies), ["a", "b"]);
    assert.deepEqual([kept.done, kept.time], [["c1"], { server: T, offset: 0 }]);
  });

test("what was read from a lost database is written into the next one", async () => {
  const old = new IDBFactory();
  await filled(old);
  let at = 0;
  const { seen, factory } = watched(old);
  const memory = createMemory({ factory, slug: "minh-tan", local: () => at });
  await memory.load();
  forceCloseDatabase(seen.connections[0]);
  await memory.saveTime({ server: T, offset: 0 });
  const empty = new IDBFactory();
  factory.open = (...words) => empty.open(...words);
  at = MINUTE;
  await memory.saveDone(["c1"]);
  const kept = await createMemory({ factory: empty, slug: "minh-tan" }).load();
  assert.equal(kept.base.revision, 3);
  assert.deepEqual(Object.keys(kept.bodies), ["a", "b"]);
});

test("a database that would not open at first is opened within a minute or so", async () => {
  let at = 0;
  const real = new IDBFactory();
  const { seen, factory } = watched(real);
  seen.refuses = true;
  const memory = await filled(factory, () => at);
  seen.refuses = false;
  at = MINUTE - 1;
  await memory.saveDone(["c1"]);
  assert.deepEqual([seen.asked, memory.broken()], [1, true]);
  at = MINUTE;
  await memory.saveTime({ server: T, offset: 0 });
  assert.deepEqual([seen.asked, memory.broken()], [2, false]);
  const kept = await createMemory({ factory: real, slug: "minh-tan" }).load();
  assert.deepEqual([kept.base.revision, kept.done], [3, ["c1"]]);
  assert.deepEqual(Object.keys(kept.bodies), ["a", "b"]);
});
