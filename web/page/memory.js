/** What this browser remembers for its listener: last choices, the access key, the look of the page. */

const PREFIX = "aethercast.";
/** What could not be stored, where storage is switched off or full: a key that was typed is good for as long as this page is. @type {Map<string, unknown>} */
const unstored = new Map();

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
  try {
    if (value === null || value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
    unstored.delete(name);
  } catch {
    unstored.set(name, value); // not remembering it for the next time is all right
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

/** @param {string} name @param {string} words */
export function rememberHere(name, words) {
  try {
    sessionStorage.setItem(PREFIX + name, words);
  } catch {
    // Too long, or switched off: it is lost with the page, as it would be anywhere
  }
}
