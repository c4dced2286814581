/**
 * Asks the browser to create or to use a passkey and sends its answer with the form. Loaded by the pages of signing in
 * and by templates/mfa/passkey*.html.
 */

/**
 * @typedef {HTMLFormElement & {
 *   dataset: {passkey: string, options: string, failed: string}, elements: {credential: HTMLInputElement},
 * }} PasskeyForm `data-passkey` is "create" or "get", `data-options` the server's options as JSON
 */

const form = /** @type {PasskeyForm | null} */ (document.querySelector("form[data-passkey]"));

/**
 * @param {string} kind
 * @param {PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON} options of Flask-Security
 */
async function ask(kind, options) {
  if (kind === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
    return { ...made.toJSON(), extensions: JSON.stringify(made.getClientExtensionResults()) };
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const shown = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey }));
  return shown.toJSON();
}

if (form) {
  try {
    form.elements.credential.value = JSON.stringify(
      await ask(form.dataset.passkey, JSON.parse(form.dataset.options)),
    );
    form.submit();
  } catch {
    // Cancelled, timed out, or a browser without passkeys: the page offers other ways.
    const message = /** @type {HTMLElement} */ (document.querySelector("[data-passkey-said]"));
    message.textContent = form.dataset.failed;
  }
}
