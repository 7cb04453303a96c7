/** What this browser remembers for its listener: last choices, the access key, the look of the page. */

const PREFIX = "aethercast.";

/** @template T @param {string} name @param {T} otherwise @returns {T} */
export function recall(name, otherwise) {
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
  } catch {
    // Not remembering is all right
  }
}
