/**
 * Lets a citizen ask for an area's urgent notices on this device, and stop them; on the page /push/AREA.
 *
 * Nothing happens before a press. The server alone knows what was chosen; it is asked only by a browser that has an
 * address at its push service already.
 */

const SCOPE = "/push/";
const WORKER = "/push/worker.js";

/** @typedef {"insecure" | "unsupported" | "iphone" | "denied" | "ready" | "on"} State */
/** @typedef {{area: string, name: string, deadlines: boolean}} Choice */

/** Thrown with a sentence for the citizen. */
class Refused extends Error {}

/** @param {string} path @param {object} body @returns {Promise<Response>} the answer, if it is a good one */
async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(typeof problem.detail === "string" ? problem.detail : "");
}

/** @returns {State} what this browser can do */
function possible() {
  if (!window.isSecureContext) return "insecure";
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)
    return Notification.permission === "denied" ? "denied" : "ready";
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  // An iPad says that it is a Mac; no Mac has a screen with several touch points.
  const tablet = /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1;
  return apple || tablet ? "iphone" : "unsupported";
}

/** @param {ArrayBuffer | null | undefined} key @returns {string} in base64url without padding */
function base64url(key) {
  const bytes = String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The page: its element, what it shows, and what the presses do. */
class Page {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.area = root.dataset.area ?? "";
    this.key = root.dataset.key ?? "";
    /** @type {State} */
    this.state = possible();
    for (const name of /** @type {const} */ (["ready", "on"])) {
      const form = this.part(name);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.act(() => (name === "ready" ? this.start() : this.stop()));
      });
    }
    this.tick("on").addEventListener("change", () => this.act(() => this.start()));
  }

  /** @param {string} name */
  part(name) {
    const found = this.root.querySelector(`[data-state="${name}"]`);
    if (!(found instanceof HTMLElement)) throw new Error(`no part ${name}`);
    return found;
  }

  /** @param {"ready" | "on"} name */
  tick(name) {
    const found = this.part(name).querySelector("input");
    if (!found) throw new Error("no tick");
    return found;
  }

  /** @param {string} sentence */
  say(sentence) {
    const line = this.root.querySelector("[role=status]");
    if (line) line.textContent = sentence;
  }

  show() {
    for (const part of this.root.querySelectorAll("[data-state]"))
      if (part instanceof HTMLElement) part.hidden = part.dataset.state !== this.state;
  }

  /** Runs what a press asks for; one at a time. @param {() => Promise<void>} work */
  async act(work) {
    const fields = [...this.root.querySelectorAll("button, input")];
    const enable = (/** @type {boolean} */ enabled) => {
      for (const field of fields)
        if (field instanceof HTMLButtonElement || field instanceof HTMLInputElement)
          field.disabled = !enabled;
    };
    enable(false);
    this.say("");
    try {
      await work();
    } catch (error) {
      this.say((error instanceof Refused && error.message) || this.root.dataset.failed || "");
    }
    enable(true);
    this.show();
  }

  /** @returns {Promise<PushSubscription | null>} this browser's address, if it has one under the server's key */
  async subscription() {
    const registration = await navigator.serviceWorker.getRegistration(SCOPE);
    const found = (await registration?.pushManager.getSubscription()) ?? null;
    if (!found || base64url(found.options.applicationServerKey) === this.key) return found;
    await found.unsubscribe();
    return null;
  }

  async start() {
    const deadlines = this.tick(this.state === "on" ? "on" : "ready").checked;
    // Safari asks only in the course of the press itself, so this comes first.
    const permission = await Notification.requestPermission();
    if (permission === "denied") this.state = "denied";
    if (permission !== "granted") throw new Refused(this.root.dataset.refused);
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    const registration = await navigator.serviceWorker.ready;
    const subscription =
      (await this.subscription()) ??
      (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: this.key }));
    await send("/push/choose", { subscription, area: this.area, deadlines });
    await this.refresh();
  }

  async stop() {
    const subscription = await this.subscription();
    if (subscription) await send("/push/stop", { endpoint: subscription.endpoint, area: this.area });
    await this.refresh();
  }

  /** Shows what the server has for this browser; without any choice its address is given up. */
  async refresh() {
    const subscription = await this.subscription();
    /** @type {Choice[]} */
    const choices = subscription
      ? await (await send("/push/mine", { endpoint: subscription.endpoint })).json()
      : [];
    if (subscription && choices.length === 0) await subscription.unsubscribe();
    const mine = choices.find((one) => one.area === this.area);
    this.state = mine ? "on" : possible();
    this.tick("on").checked = mine?.deadlines ?? false;
    this.list(choices.filter((one) => one.area !== this.area));
  }

  /** @param {Choice[]} others the other areas of this browser */
  list(others) {
    const section = this.root.querySelector(".others");
    const rows = section?.querySelector("ul");
    if (!(section instanceof HTMLElement) || !rows) return;
    section.hidden = others.length === 0;
    rows.replaceChildren(
      ...others.map((one) => {
        const link = document.createElement("a");
        link.href = `/push/${encodeURIComponent(one.area)}`;
        link.textContent = one.name;
        const row = document.createElement("li");
        row.append(link);
        return row;
      }),
    );
  }
}

const root = document.getElementById("push");
if (root) {
  const page = new Page(root);
  page.show();
  if (page.state === "ready") page.act(() => page.refresh());
}
