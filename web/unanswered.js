/**
 * What is to be done once, and has had no answer yet: who asks for the same after a reload, which loses the answer, asks
 * with the same key, and gets what is being made already.
 */

import { recallHere, rememberHere } from "./page/memory.js";

const NAME = "unanswered";
/** Who asks so much later for the same wants another one. */
const GOOD_MS = 10 * 60_000;

/** @typedef {{key: string, since: number}} Asked  `since`: on the clock of this device, in ms */

/** By digest of what was asked for. @returns {Record<string, Asked>} */
function kept() {
  try {
    const all = /** @type {Record<string, Asked>} */ (JSON.parse(recallHere(NAME) || "{}"));
    return Object.fromEntries(Object.entries(all).filter(([, { since }]) => Math.abs(Date.now() - since) < GOOD_MS));
  } catch {
    return {}; // another version may have kept it otherwise
  }
}

/** @param {Record<string, Asked>} asked */
const keep = (asked) => rememberHere(NAME, Object.keys(asked).length ? JSON.stringify(asked) : "");

/** The key to ask for this with, until `answered`. @param {string} what @returns {Promise<{digest: string, key: string}>} */
export async function keyOf(what) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(what)));
  const digest = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const all = kept();
  const asked = (all[digest] ??= { key: crypto.randomUUID(), since: Date.now() });
  keep(all);
  return { digest, key: asked.key };
}

/** Who asks for this from now on wants it done anew. @param {string} digest */
export function answered(digest) {
  const { [digest]: _, ...others } = kept();
  keep(others);
}
