/** A browser's storage, as modules of the page find it. */

/** @param {Map<string, string>} [stored]  what was stored before, and what is stored from now on @param {string} [name] */
export function useStorage(stored = new Map(), name = "localStorage") {
  const value = {
    getItem: (/** @type {string} */ name) => stored.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ words) => stored.set(name, words),
    removeItem: (/** @type {string} */ name) => stored.delete(name),
  };
  Object.defineProperty(globalThis, name, { configurable: true, value });
  return stored;
}
