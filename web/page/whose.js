/**
 * Whose podcasts this browser remembers: a key that is given in another one's place may be the same listener's, or anybody's.
 *
 * No key says whose it is, and the list does: what was heard here or waits to be heard is in that of whoever it belongs to.
 */

import { recall, remember } from "./memory.js";

/** What is of one listener's podcasts, beside the key. */
const THEIRS = ["up_next", "positions", "moments", "edits"];

/**
 * Forget what is another listener's. Rejects with an ApiError where the list cannot be had; the next time finds out, then.
 * @param {string} key  what is used now
 * @param {() => Promise<{workflow_id: string}[]>} list  the podcasts of its owner, as many as can be had at once
 * @returns {Promise<boolean>}  whether something was forgotten
 */
export async function forgetOthers(key, list) {
  if (key === recall("listener", null)) return false;
  const here = known();
  const isAnother = here.size > 0 && !(await list()).some(({ workflow_id: id }) => here.has(id));
  if (isAnother) for (const name of THEIRS) remember(name, null);
  remember("listener", key);
  return isAnother;
}

/** Which podcasts this browser remembers something of. @returns {Set<string>} */
function known() {
  const waiting = recall("up_next", /** @type {unknown} */ ([]));
  const ids = Array.isArray(waiting) ? waiting.map((one) => String(one?.id)) : [];
  return new Set([...ids, ...Object.keys(recall("positions", {}))]);
}
