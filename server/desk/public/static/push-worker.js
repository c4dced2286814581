/**
 * The service worker of Web Push: shows each message, opens its page, and tells the server when the browser gets a new
 * address. Registered by push.js at /push/worker.js with the scope /push/. It handles no requests and keeps nothing, so it can change no page.
 */

/**
 * @typedef {{waitUntil(work: Promise<unknown>): void}} Lasting
 * @typedef {{title: string, body: string, tag: string, kind: string, path: string, lang?: string, open: string,
 *   stop: string, stopped: string}} Told what server.notifications.push_words makes
 * @typedef {Lasting & {data: {json(): Told} | null}} PushEvent
 * @typedef {Lasting & {oldSubscription?: PushSubscription | null, newSubscription?: PushSubscription | null}} RenewEvent
 * @typedef {Lasting & {action: string, notification: Notification}} ClickEvent
 * @typedef {{
 *   registration: ServiceWorkerRegistration, skipWaiting(): Promise<void>,
 *   clients: {
 *     matchAll(options: object): Promise<readonly {url: string, focus(): Promise<unknown>}[]>,
 *     openWindow(address: string): Promise<unknown>,
 *   },
 *   location: {origin: string},
 *   addEventListener(type: string, listener: (event: any) => void): void,
 * }} Scope what is used of ServiceWorkerGlobalScope
 */

const worker = /** @type {Scope} */ (/** @type {unknown} */ (self));

/** What is shown if a message cannot be read: browsers take the permission away after messages without a sign. */
const UNREADABLE = {
  title: "Bảng tin",
  body: "Có tin mới. Hãy mở bảng tin để xem.",
  tag: "unreadable",
  kind: "sent",
  path: "/",
  open: "Xem",
  stop: "Thôi nhận mọi tin",
  stopped: "Máy này thôi nhận tin.",
};

/** @param {PushEvent} event @returns {Told} */
function told(event) {
  try {
    return event.data?.json() ?? UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}

/** @param {Told} message */
function show(message) {
  const options = {
    body: message.body,
    tag: message.tag,
    lang: message.lang ?? "",
    // A message in the place of a former one rings again only if it asks for something else.
    renotify: message.kind === "sent" || message.kind === "corrected",
    requireInteraction: message.kind === "sent" || message.kind === "corrected",
    data: { path: message.path, stopped: message.stopped },
    actions: [
      { action: "open", title: message.open },
      { action: "stop", title: message.stop },
    ],
  };
  return worker.registration.showNotification(message.title, options);
}

/** @param {string} path */
async function open(path) {
  const address = new URL(path, worker.location.origin);
  if (address.origin !== worker.location.origin) return;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url === address.href);
  await (there ? there.focus() : worker.clients.openWindow(address.href));
}

/** @param {string} path @param {object} body @returns {Promise<Response>} */
function post(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/**
 * The browser has replaced or dropped its address: asks for a new one where it must, and gives the choices to it.
 *
 * Without the former address the choices cannot be found: then the page offers to ask anew.
 * @param {RenewEvent} event
 */
async function renew({ oldSubscription: old, newSubscription }) {
  if (!old) return;
  const { pushManager } = worker.registration;
  const subscription =
    newSubscription ??
    (await pushManager.getSubscription()) ??
    (await pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: old.options.applicationServerKey,
    }));
  if (subscription.endpoint === old.endpoint) return;
  const answer = await post("/push/renew", { endpoint: old.endpoint, subscription });
  // Rejected, so that the browser can report it; the old address ends at the push service by itself.
  if (!answer.ok) throw new Error(`not renewed: ${answer.status}`);
}

/** Gives the address up at the server and at the push service. @param {string} sentence said afterwards */
async function stop(sentence) {
  const subscription = await worker.registration.pushManager.getSubscription();
  if (subscription) {
    // Without a network the push service says later that the address is gone.
    await post("/push/stop", { endpoint: subscription.endpoint }).catch(() => undefined);
    await subscription.unsubscribe();
  }
  await worker.registration.showNotification(sentence, { tag: "stopped" });
}

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("push", (/** @type {PushEvent} */ event) => event.waitUntil(show(told(event))));
worker.addEventListener("pushsubscriptionchange", (/** @type {RenewEvent} */ event) =>
  event.waitUntil(renew(event)),
);
worker.addEventListener("notificationclick", (/** @type {ClickEvent} */ event) => {
  event.notification.close();
  const { path, stopped } = event.notification.data ?? { path: "/", stopped: "" };
  event.waitUntil(event.action === "stop" ? stop(stopped) : open(path));
});
