// Asks the browser to make or to show a passkey, and sends its answer by the form. Called by the pages of the door.

const form = document.querySelector("form[data-passkey]");

async function ask(kind, options) {
  if (kind === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({ publicKey });
    return { ...made.toJSON(), extensions: JSON.stringify(made.getClientExtensionResults()) };
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const shown = await navigator.credentials.get({ publicKey });
  return shown.toJSON();
}

if (form) {
  try {
    form.elements.credential.value = JSON.stringify(await ask(form.dataset.passkey, JSON.parse(form.dataset.options)));
    form.submit();
  } catch {
    // Cancelled, timed out, or a browser without passkeys: the page says what else can be done.
    document.querySelector("[data-passkey-said]").textContent = form.dataset.failed;
  }
}
