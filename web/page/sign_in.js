/**
 * Signing in with a Google account, where the service lets people in so: its ID token stands in for an access key.
 *
 * By way of Google's own page and back, OpenID Connect's implicit flow, which answers behind the `#`: no script of
 * anybody else's runs in this page. https://openid.net/specs/openid-connect-core-1_0.html#ImplicitFlowAuth
 */

import { recallHere, rememberHere } from "./memory.js";

const BEGUN = "signing_in";
/** @typedef {{client: string, address: string}} SignIn  for whom, and where */

/** Leave for Google's page; whether that can be: a browser that stores nothing would not know its answer again. @param {SignIn} how */
export function signIn({ client, address }) {
  const begun = { state: crypto.randomUUID(), nonce: crypto.randomUUID(), hash: location.hash };
  if (!rememberHere(BEGUN, JSON.stringify(begun))) return false;
  const asked = new URL(address);
  const { state, nonce } = begun;
  const here = location.origin + location.pathname;
  const wanted = { client_id: client, redirect_uri: here, response_type: "id_token", scope: "openid email", state, nonce };
  for (const [name, value] of Object.entries(wanted)) asked.searchParams.set(name, value);
  location.assign(asked);
  return true;
}

/**
 * Whoever comes back from there brings a token, and is where they were. Of an answer that this tab has not asked for
 * nothing is taken: it would be somebody else's account.
 * @returns {string | null}
 */
export function signedIn() {
  const answer = new URLSearchParams(location.hash.slice(1));
  const token = answer.get("id_token");
  if (token === null && !answer.has("error")) return null;
  const begun = JSON.parse(recallHere(BEGUN) || "null");
  rememberHere(BEGUN, "");
  history.replaceState(null, "", begun?.hash || "#/");
  const ours = token !== null && begun && answer.get("state") === begun.state && nonceOf(token) === begun.nonce;
  return ours ? token : null;
}

/** @param {string} token  whose signature the server verifies */
function nonceOf(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).nonce;
  } catch {
    return null; // no JWT
  }
}
