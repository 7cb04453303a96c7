/** Keys are of listeners, and listeners have more than one: what is remembered is for whoever it is of. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { forgetOthers } from "../page/whose.js";
import { useStorage } from "./storage.js";

/** @type {Map<string, string>} */
let stored;
const keep = (/** @type {string} */ name, /** @type {unknown} */ value) => stored.set(`aethercast.${name}`, JSON.stringify(value));
const names = () => [...stored.keys()].map((name) => name.replace("aethercast.", "")).sort();
/** The listener's podcasts, as the list has them. @param {string[]} ids */
const listOf = (...ids) => async () => ids.map((workflow_id) => ({ workflow_id }));
const unasked = () => assert.fail("it was asked for");
const away = async () => {
  throw new Error("away, or a wrong key");
};

beforeEach(() => {
  stored = useStorage();
});

async function listensWith(/** @type {string} */ key) {
  keep("listener", key);
  keep("up_next", [{ id: "next", title: "A secret of Ann's" }]);
  keep("positions", { heard: { at: 64, told: 64 }, "heard of a friend": 12 });
  keep("moments", [{ id: "heard", index: 3 }]);
  keep("choices", { minutes: 3 });
}

test("another listener's key brings another listener, who finds nothing of the first one's", async () => {
  for (const theirs of [listOf("their own"), listOf()]) {
    stored.clear();
    await listensWith("Ann's");
    assert.equal(await forgetOthers("Ben's", theirs), true);
    assert.deepEqual(names(), ["choices", "listener"]);
    assert.equal(await forgetOthers("Ben's", unasked), false);
  }
});

test("a new key of the same listener changes nothing", async () => {
  for (const one of ["heard", "next"]) {
    stored.clear();
    await listensWith("revoked");
    const before = names();
    assert.equal(await forgetOthers("new", listOf("another", one)), false);
    assert.deepEqual(names(), before);
    assert.equal(await forgetOthers("new", unasked), false);
  }
});

test("a key that does not work, and a net that is away, decide nothing", async () => {
  await listensWith("Ann's");
  const before = names();
  await assert.rejects(forgetOthers("mistyped", away));
  assert.deepEqual(names(), before);
  assert.equal(await forgetOthers("Ann's", unasked), false, "she typed it again");
  await assert.rejects(forgetOthers("Ben's", away));
  assert.equal(await forgetOthers("Ben's", listOf("his")), true, "the next time it is found out");
});

test("where nothing is kept nobody is asked", async () => {
  await forgetOthers("Ann's", unasked);
  assert.equal(await forgetOthers("Ben's", unasked), false);
  keep("positions", "of another version");
  keep("up_next", { of: "another version" });
  assert.equal(await forgetOthers("Cleo's", listOf()), true);
});
