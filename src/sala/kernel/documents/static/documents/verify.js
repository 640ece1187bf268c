// Checks the signed line that the square code carries behind the #, on this device: a browser never sends it.

const place = document.getElementById("offline");
const line = location.hash.slice(1);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

const WAYS = {
  ES256: [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }],
  Ed25519: [{ name: "Ed25519" }, { name: "Ed25519" }],
};

async function isGenuine() {
  const [head, body, signature] = line.split(".");
  const header = json(head);
  const answer = await fetch(place.dataset.keys);
  const jwk = (await answer.json()).keys.find((key) => key.kid === header.kid);
  if (!jwk || jwk.alg !== header.alg || header.typ !== "sala-document") return false;
  const [kind, how] = WAYS[jwk.alg];
  const { kty, crv, x, y } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, kind, false, ["verify"]);
  const signed = new TextEncoder().encode(`${head}.${body}`);
  const fits = await crypto.subtle.verify(how, key, bytes(signature), signed);
  return fits && json(body).d === place.dataset.code;
}

if (place && line.split(".").length === 3 && globalThis.crypto?.subtle) {
  const genuine = await isGenuine().catch(() => false);
  place.querySelector(`[data-when="${genuine ? "good" : "bad"}"]`).hidden = false;
  place.hidden = false;
}
