/** What this browser remembers for its listener: last choices, the access key, the look of the page. */

const PREFIX = "aethercast.";
/** What is of this device, whoever listens. */
const OF_DEVICE = ["page_language", "scheme", "sound", "speed"];
/** What could not be stored, where storage is switched off or full: a key that was typed is good for as long as this page is. @type {Map<string, unknown>} */
const unstored = new Map();

/** The listener is forgotten: what this page still has under way is not to be remembered. */
let isForgotten = false;

/** @template T @param {string} name @param {T} otherwise @returns {T} */
export function recall(name, otherwise) {
  if (unstored.has(name)) return /** @type {T} */ (unstored.get(name) ?? otherwise);
  try {
    const stored = localStorage.getItem(PREFIX + name);
    return stored === null ? otherwise : JSON.parse(stored);
  } catch {
    return otherwise; // storage may be switched off, or hold another version's value
  }
}

/** @param {string} name @param {unknown} value null or undefined to forget it */
export function remember(name, value) {
  if (isForgotten) return;
  try {
    if (value === null || value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    unstored.delete(name);
  } catch {
    unstored.set(name, value); // not remembering it for the next time is all right
  }
}

/** Forget the listener, with all that was theirs: key, places, moments, what is up next, words half written. This page has to go, too. */
export function forgetListener() {
  isForgotten = true;
  unstored.clear();
  for (const storage of [() => localStorage, () => sessionStorage]) {
    try {
      const kept = storage();
      const names = Object.keys(kept).filter((name) => name.startsWith(PREFIX) && !OF_DEVICE.includes(name.slice(PREFIX.length)));
      for (const name of names) kept.removeItem(name);
    } catch {
      // Where nothing can be stored there is nothing
    }
  }
}

/** What is being written in this tab, also after a reload. @param {string} name @returns {string} */
export function recallHere(name) {
  try {
    return sessionStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return "";
  }
}

/** Whether it could be: else it is lost with the page, as it would be anywhere. @param {string} name @param {string} words "" to forget them */
export function rememberHere(name, words) {
  if (isForgotten) return false;
  try {
    if (words) sessionStorage.setItem(PREFIX + name, words);
    else sessionStorage.removeItem(PREFIX + name);
    return true;
  } catch {
    return false; // too long, or switched off
  }
}
