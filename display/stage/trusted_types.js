/** The page's only Trusted Types policy; main.js makes it, for slides (stage.js, overlay.js) and the service worker. */

/** @typedef {{createHTML(text: string): string, createScriptURL(text: string): string}} Policy */

const WORKER = /^\/offline\.js\?build=[\w.%-]*$/;

const RULES = {
  /** Used for slides alone, which the server's templates make and escape. @param {string} html */
  createHTML: (html) => html,
  /** @param {string} address */
  createScriptURL(address) {
    if (!WORKER.test(address)) throw new TypeError(`not a script of the board: ${address}`);
    return address;
  },
};

/**
 * The policy; where the browser has no Trusted Types, the same rules without it.
 * @param {{trustedTypes?: {createPolicy(name: string, rules: Policy): Policy}}} scope the window
 * @returns {Policy}
 */
export function createPolicy(scope) {
  return scope.trustedTypes?.createPolicy("bangtin", RULES) ?? RULES;
}

/**
 * Turns a slide's HTML into nodes that are not in the page yet.
 * @param {Document} document
 * @param {Policy} policy
 */
export function createParser(document, policy) {
  /** @param {string} html */
  return (html) => {
    const template = document.createElement("template");
    template.innerHTML = policy.createHTML(html);
    return template.content;
  };
}
