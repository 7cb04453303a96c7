import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { recall, remember } from "../page/memory.js";
import { signIn } from "../page/sign_in.js";

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

test("of a listener who is forgotten nothing stays but how the device looks and sounds", async () => {
  const { forgetListener, recall, remember } = await import(`../page/memory.js?${"of a page that goes"}`);
  const storage = { "aethercast.key": '"k"', "aethercast.positions": "{}", "aethercast.whatever comes later": "1", "aethercast.scheme": '"dark"', other: "1" };
  Object.defineProperty(storage, "removeItem", { value: (/** @type {keyof typeof storage} */ name) => delete storage[name] });
  browserHas(STORAGES["is switched off"]);
  remember("key", "a key");
  browserHas({ value: storage });
  forgetListener();
  remember("positions", { what: "was under way" });
  assert.deepEqual(Object.keys(storage), ["aethercast.scheme", "other"]);
  assert.equal(recall("key", null), null);
});

test("nobody is sent away to sign in who could not come back", () => {
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get: refuse });
  Object.defineProperty(globalThis, "location", { configurable: true, value: { hash: "", assign: () => assert.fail("left") } });
  assert.equal(signIn({ client: "ours", address: "https://accounts.example" }), false);
  for (const name of ["sessionStorage", "location"]) Reflect.deleteProperty(globalThis, name);
});
