import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { recall, remember } from "../page/memory.js";

/** @param {any} storage  in the place of the browser's */
const browserHas = (storage) => Object.defineProperty(globalThis, "localStorage", { configurable: true, ...storage });
const refuse = () => {
  throw new DOMException("no", "SecurityError");
};

afterEach(() => Reflect.deleteProperty(globalThis, "localStorage"));

const STORAGES = {
  "is switched off": { get: refuse },
  "is full": { value: { getItem: () => null, setItem: refuse, removeItem: () => {} } },
};

for (const [how, storage] of Object.entries(STORAGES)) {
  test(`where storage ${how} a page remembers for as long as it is there`, () => {
    browserHas(storage);
    remember(`key, as storage ${how}`, "a key");
    assert.equal(recall(`key, as storage ${how}`, null), "a key");
    remember(`key, as storage ${how}`, null);
    assert.equal(recall(`key, as storage ${how}`, "none"), "none");
  });
}

test("what could be stored in the end is what is stored, be it by another tab", () => {
  const stored = new Map();
  browserHas(STORAGES["is full"]);
  remember("speed", 1.5);
  browserHas({ value: { getItem: (/** @type {string} */ name) => stored.get(name) ?? null, setItem: (/** @type {string} */ name, /** @type {string} */ value) => stored.set(name, value) } });
  remember("speed", 2);
  stored.set("aethercast.speed", "3");
  assert.equal(recall("speed", 1), 3);
});
