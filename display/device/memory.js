/**
 * What survives a page load, in IndexedDB: the last state, bodies by hash, the last server time, receipts not yet
 * acknowledged; called by main.js. One database a board, so that boards in one browser do not push each other out.
 *
 * Without IndexedDB, or where it fails (a full disk), everything goes on from memory alone and `broken` says so in
 * health; what could not be written is tried again with the next change. A connection that the browser closes (a disk
 * that came loose, storage that was cleared) is opened again, and all that is known written anew.
 */
/** @import {Body, Desired, Kept, Patch, ReceiptsKept} from "../types.d.ts" */

const MOST_BODIES = 400;
const VERSION = 1;
/** A browser whose storage is ill is not asked at every change. */
const OPEN_AGAIN = 60_000;

/** @type {Kept} */
const NOTHING = { base: null, patches: [], bodies: {}, time: null, receipts: null, done: [] };

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {IDBFactory} factory @param {string} slug @returns {Promise<IDBDatabase>} */
function open(factory, slug) {
  const request = factory.open(`bangtin:${slug}`, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("facts");
    request.result.createObjectStore("bodies", { keyPath: "hash" });
  };
  return settled(request);
}

/**
 * @param {{factory: IDBFactory | undefined, slug: string, local?: () => number}} options `local` is the device's
 *   monotonic time in milliseconds
 */
export function createMemory({ factory, slug, local = () => performance.now() }) {
  let broken = factory === undefined;
  /** @type {IDBDatabase | null} */
  let opened = null;
  /** @type {number | null} */
  let triedAt = null;
  /** Whether the database may lack what was handed in before. */
  let lacking = false;
  /** What was handed in last or read, for a database that is opened again. @type {Map<string, unknown>} */
  const told = new Map();
  /** @type {Record<string, Body>} */
  let present = {};
  /** @type {Set<string>} the hashes that are in the database */
  const written = new Set();
  /** Writes follow each other: the last state handed in is the last one written. */
  let last = Promise.resolve();

  /** @param {unknown} error */
  function failed(error) {
    broken = true;
    // A transaction on a connection that is closed already.
    if (error instanceof Error && error.name === "InvalidStateError") lose(opened);
  }

  /** @param {IDBDatabase | null} database */
  function lose(database) {
    if (database !== opened) return;
    opened?.close();
    opened = null;
    lacking = true;
    broken = true;
    written.clear();
  }

  async function connected() {
    if (opened || !factory || (triedAt !== null && local() - triedAt < OPEN_AGAIN)) return opened;
    lacking = triedAt !== null;
    triedAt = local();
    const database = await open(factory, slug);
    opened = database;
    database.onclose = () => lose(database);
    database.onversionchange = () => lose(database);
    return database;
  }

  /** @param {IDBDatabase} database */
  async function restore(database) {
    const transaction = database.transaction("facts", "readwrite");
    for (const [key, value] of told) transaction.objectStore("facts").put(value, key);
    await completed(transaction);
    const held = await settled(database.transaction("bodies").objectStore("bodies").getAllKeys());
    for (const hash of held) written.add(String(hash));
    await writeBodies(database);
    lacking = false;
  }

  /** @param {(database: IDBDatabase) => Promise<unknown>} work */
  function later(work) {
    last = last
      .then(connected)
      .then(async (database) => {
        if (!database) return;
        if (lacking) await restore(database);
        await work(database);
        broken = false;
      })
      .catch(failed);
    return last;
  }

  /** @param {string} key @param {unknown} value */
  function putFact(key, value) {
    told.set(key, value);
    return later((database) => {
      const transaction = database.transaction("facts", "readwrite");
      transaction.objectStore("facts").put(value, key);
      return completed(transaction);
    });
  }

  /** Writes the present bodies that are not in the database yet, drops others. @param {IDBDatabase} database */
  async function writeBodies(database) {
    const bodies = present;
    const transaction = database.transaction("bodies", "readwrite");
    const store = transaction.objectStore("bodies");
    const added = Object.values(bodies).filter(({ hash }) => !written.has(hash));
    for (const body of added) store.put(body);
    const spare = [...written].filter((hash) => !Object.hasOwn(bodies, hash));
    const dropped = spare.slice(0, Math.max(0, written.size + added.length - MOST_BODIES));
    for (const hash of dropped) store.delete(hash);
    await completed(transaction);
    // Only now: a full disk takes back the whole transaction.
    for (const { hash } of added) written.add(hash);
    for (const hash of dropped) written.delete(hash);
  }

  return {
    broken: () => broken,
    /** Resolves when all that was handed in is written. */
    idle: () => last,
    /** What an earlier page load left; nothing where there is none or it cannot be read. @returns {Promise<Kept>} */
    async load() {
      let kept = NOTHING;
      await later(async (database) => {
        const transaction = database.transaction(["facts", "bodies"]);
        const facts = transaction.objectStore("facts");
        const [desired, time, receipts, done, bodies] = await Promise.all([
          settled(facts.get("desired")),
          settled(facts.get("time")),
          settled(facts.get("receipts")),
          settled(facts.get("done")),
          settled(transaction.objectStore("bodies").getAll()),
        ]);
        for (const { hash } of bodies) written.add(hash);
        kept = {
          base: desired?.base ?? null,
          patches: desired?.patches ?? [],
          bodies: Object.fromEntries(bodies.map((/** @type {Body} */ body) => [body.hash, body])),
          time: time ?? null,
          receipts: receipts ?? null,
          done: done ?? [],
        };
        for (const [key, value] of Object.entries({ desired, time, receipts, done }))
          if (value !== undefined && !told.has(key)) told.set(key, value);
        present = { ...kept.bodies, ...present };
      });
      return kept;
    },
    /** @param {Desired | null} base @param {Patch[]} patches */
    saveDesired: (base, patches) => putFact("desired", { base, patches }),
    /** @param {{server: number, offset: number}} time */
    saveTime: (time) => putFact("time", time),
    /** @param {ReceiptsKept} receipts */
    saveReceipts: (receipts) => putFact("receipts", receipts),
    /** The ids of commands that were carried out. @param {string[]} ids */
    saveDone: (ids) => putFact("done", ids),
    /**
     * Writes the bodies that are not in the database yet and drops the others beyond a bound.
     * @param {Record<string, Body>} bodies all that the state names
     */
    saveBodies(bodies) {
      present = bodies;
      return later(writeBodies);
    },
  };
}
