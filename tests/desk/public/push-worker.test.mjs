/** The service worker of Web Push tells the server when the browser has got another address. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const OLD = "https://push.example/old";
const NEW = "https://push.example/new";
const KEY = new Uint8Array([4, 1]).buffer;

/** @type {Record<string, (event: object) => void>} */
const listeners = {};
/** What the worker has asked of the browser and the server. @type {unknown[]} */
let asked;
let status;
let current;

const subscription = (endpoint) => ({ endpoint, options: { applicationServerKey: KEY } });

globalThis.self = {
  addEventListener: (name, listener) => {
    listeners[name] = listener;
  },
  registration: {
    pushManager: {
      getSubscription: async () => current,
      subscribe: async (options) => {
        asked.push(["subscribe", options]);
        return subscription(NEW);
      },
    },
  },
};
globalThis.fetch = async (path, { method, body }) => {
  asked.push([method, path, JSON.parse(body)]);
  return { ok: status < 300, status };
};
await import("../../../server/desk/public/static/push-worker.js");

beforeEach(() => {
  asked = [];
  status = 204;
  current = null;
});

/** Dispatches the event; the result is the work that it waits for. */
function renewed(event) {
  let work;
  listeners.pushsubscriptionchange({
    ...event,
    waitUntil: (given) => {
      work = given;
    },
  });
  return work;
}

const told = ["POST", "/push/renew", { endpoint: OLD, subscription: subscription(NEW) }];
told[2].subscription = JSON.parse(JSON.stringify(told[2].subscription));

test("the new address is told with the former one", async () => {
  await renewed({ oldSubscription: subscription(OLD), newSubscription: subscription(NEW) });
  assert.deepEqual(asked, [told]);
});

test("an address that is only dropped is asked for anew, under the same key", async () => {
  await renewed({ oldSubscription: subscription(OLD), newSubscription: null });
  assert.deepEqual(asked, [["subscribe", { userVisibleOnly: true, applicationServerKey: KEY }], told]);
});

test("an address that the browser has by now is used", async () => {
  current = subscription(NEW);
  await renewed({ oldSubscription: subscription(OLD) });
  assert.deepEqual(asked, [told]);
});

test("without a former address, or with the same one, nothing is told", async () => {
  await renewed({ oldSubscription: null, newSubscription: subscription(NEW) });
  await renewed({ oldSubscription: subscription(OLD), newSubscription: subscription(OLD) });
  assert.deepEqual(asked, []);
});

test("the browser hears that the server was not told", async () => {
  status = 503;
  await assert.rejects(renewed({ oldSubscription: subscription(OLD), newSubscription: subscription(NEW) }));
});
