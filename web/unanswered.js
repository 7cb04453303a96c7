/** What is made once, and has had no answer yet: who asks for the same after a reload, which loses it, gets that one. */

import { recallHere, rememberHere } from "./page/memory.js";

const NAME = "unanswered";
/** Who asks so much later for the same wants another one. */
const GOOD_MS = 600_000;

/** By digest of what was asked for. @returns {Record<string, {key: string, since: number}>} */
function kept() {
  try {
    const all = Object.entries(JSON.parse(recallHere(NAME) || "{}"));
    return Object.fromEntries(all.filter(([, { since }]) => Math.abs(Date.now() - since) < GOOD_MS));
  } catch {
    return {}; // another version may have kept it otherwise
  }
}

/** The key to ask for this with, until `answered`. @param {string} what @returns {Promise<{digest: string, key: string}>} */
export async function keyOf(what) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(what));
  const digest = String(new Uint8Array(bytes));
  const all = kept();
  const { key } = (all[digest] ??= { key: crypto.randomUUID(), since: Date.now() });
  rememberHere(NAME, JSON.stringify(all));
  return { digest, key };
}

/** Who asks for this from now on wants it made anew. @param {string} digest */
export function answered(digest) {
  const { [digest]: _, ...others } = kept();
  rememberHere(NAME, JSON.stringify(others));
}
