/**
 * What survives a page load, in IndexedDB: the last state, bodies by hash, the last server time, receipts not yet
 * acknowledged; called by main.js. One database a board, so that boards in one browser do not push each other out.
 *
 * Without IndexedDB, or where it fails (a full disk), everything goes on from memory alone and `broken` says so in
 * health; what could not be written is tried again with the next change.
 */
/** @import {Body, Desired, Kept, Patch, ReceiptsKept} from "./types.d.ts" */

const MOST_BODIES = 400;
const VERSION = 1;

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

/** @param {{factory: IDBFactory | undefined, slug: string}} options */
export function createMemory({ factory, slug }) {
  let broken = factory === undefined;
  /** @type {Promise<IDBDatabase | null>} */
  const opened = factory ? open(factory, slug).catch(failed) : Promise.resolve(null);
  /** @type {Set<string>} the hashes that are in the database */
  const written = new Set();
  /** Writes follow each other: the last state handed in is the last one written. */
  let last = Promise.resolve();

  function failed() {
    broken = true;
    return null;
  }

  /** @param {(database: IDBDatabase) => Promise<unknown>} work */
  function later(work) {
    last = last
      .then(() => opened)
      .then(async (database) => {
        if (!database) return;
        await work(database);
        broken = false;
      })
      .then(undefined, failed)
      .then(() => undefined);
    return last;
  }

  /** @param {string} key @param {unknown} value */
  function putFact(key, value) {
    return later((database) => {
      const transaction = database.transaction("facts", "readwrite");
      transaction.objectStore("facts").put(value, key);
      return completed(transaction);
    });
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
      return later(async (database) => {
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
      });
    },
  };
}
