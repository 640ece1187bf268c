// Passkeys: carries the answer of navigator.credentials into the form's `credential` field and sends the form.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  buffer
    ? btoa(String.fromCharCode(...new Uint8Array(buffer)))
        .replace(/\+/g, "-")
        .replace(/\//g, "_")
        .replace(/=+$/, "")
    : null;
const described = (list) => (list || []).map((key) => ({ ...key, id: toBytes(key.id) }));

async function create(options) {
  const publicKey = { ...options.publicKey };
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  publicKey.excludeCredentials = described(publicKey.excludeCredentials);
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    type: made.type,
    id: made.id,
    rawId: toText(made.rawId),
    authenticatorAttachment: made.authenticatorAttachment,
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

async function prove(options) {
  const publicKey = { ...options.publicKey };
  publicKey.challenge = toBytes(publicKey.challenge);
  publicKey.allowCredentials = described(publicKey.allowCredentials);
  const given = await navigator.credentials.get({ publicKey });
  return {
    type: given.type,
    id: given.id,
    rawId: toText(given.rawId),
    authenticatorAttachment: given.authenticatorAttachment,
    response: {
      clientDataJSON: toText(given.response.clientDataJSON),
      authenticatorData: toText(given.response.authenticatorData),
      signature: toText(given.response.signature),
      userHandle: toText(given.response.userHandle),
    },
    clientExtensionResults: given.getClientExtensionResults(),
  };
}

async function optionsOf(form) {
  if (form.dataset.options) {
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return (await answer.json()).request_options;
  }
  const data = JSON.parse(document.getElementById(form.dataset.json).textContent);
  return data.creation_options || data.request_options;
}

const able = Boolean(window.PublicKeyCredential && navigator.credentials);
for (const form of able ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  const problem = form.querySelector("[data-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (problem) problem.hidden = true;
    form.setAttribute("aria-busy", "true");
    try {
      const options = await optionsOf(form);
      const credential = form.dataset.passkey === "add" ? await create(options) : await prove(options);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (error) {
      console.warn(error.name);
      form.removeAttribute("aria-busy");
      if (problem) problem.hidden = false;
    }
  });
}
if (able) for (const text of document.querySelectorAll("[data-no-passkey]")) text.hidden = true;
