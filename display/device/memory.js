/**
 * Stores in IndexedDB what survives a page load: the last state, bodies by hash, the last server time, receipts not yet
 * acknowledged; made by main.js. Each board has a database, so that boards in one browser do not displace each other.
 *
 * Without IndexedDB, or where it fails (a full disk), the page works without it and `broken` reports that in health;
 * what could not be written is tried again with the next change. Where the browser closes the connection (a loose disk,
 * cleared storage) it is opened again and everything known is written again.
 */
/** @import {Body, ServerState, Stored, Patch, StoredReceipts} from "../types.d.ts" */

const MOST_BODIES = 400;
const VERSION = 1;
/** Milliseconds between two attempts to open a failing database. */
const OPEN_AGAIN = 60_000;

/** @type {Stored} */
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
  /** Whether the database may lack what was saved before. */
  let lacking = false;
  /** The last values saved or read, for a database that is opened again. @type {Map<string, unknown>} */
  const facts = new Map();
  /** @type {Record<string, Body>} */
  let present = {};
  /** @type {Set<string>} the hashes that are in the database */
  const written = new Set();
  /** Writes run one after the other, so that the last state saved is the last one written. */
  let last = Promise.resolve();

  /** @param {unknown} error */
  function failed(error) {
    broken = true;
    // The connection is closed already.
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
    for (const [key, value] of facts) transaction.objectStore("facts").put(value, key);
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
    facts.set(key, value);
    return later((database) => {
      const transaction = database.transaction("facts", "readwrite");
      transaction.objectStore("facts").put(value, key);
      return completed(transaction);
    });
  }

  /** Writes the present bodies that are not in the database yet and drops others beyond MOST_BODIES. @param {IDBDatabase} database */
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
    // Only now: a full disk rolls back the whole transaction.
    for (const { hash } of added) written.add(hash);
    for (const hash of dropped) written.delete(hash);
  }

  return {
    broken: () => broken,
    /** Resolves when everything saved is written. */
    idle: () => last,
    /** What an earlier page load stored; NOTHING where there is none or it cannot be read. @returns {Promise<Stored>} */
    async load() {
      let kept = NOTHING;
      await later(async (database) => {
        const transaction = database.transaction(["facts", "bodies"]);
        const store = transaction.objectStore("facts");
        const [desired, time, receipts, done, bodies] = await Promise.all([
          settled(store.get("desired")),
          settled(store.get("time")),
          settled(store.get("receipts")),
          settled(store.get("done")),
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
          if (value !== undefined && !facts.has(key)) facts.set(key, value);
        present = { ...kept.bodies, ...present };
      });
      return kept;
    },
    /** @param {ServerState | null} base @param {Patch[]} patches */
    saveDesired: (base, patches) => putFact("desired", { base, patches }),
    /** @param {{server: number, offset: number}} time */
    saveTime: (time) => putFact("time", time),
    /** @param {StoredReceipts} receipts */
    saveReceipts: (receipts) => putFact("receipts", receipts),
    /** The ids of commands that were carried out. @param {string[]} ids */
    saveDone: (ids) => putFact("done", ids),
    /**
     * Writes the bodies that are not in the database yet and drops others beyond MOST_BODIES.
     * @param {Record<string, Body>} bodies all that the state names
     */
    saveBodies(bodies) {
      present = bodies;
      return later(writeBodies);
    },
  };
}
