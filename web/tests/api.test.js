/** What is taken for an answer of the API's, and what for somebody else's. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Api, ApiError } from "../api.js";
import { useStorage } from "./storage.js";

const PAGE = ["<html>A front's own words</html>", "text/html; charset=UTF-8"];
const PODCAST = ['{"workflow_id": "w", "state": "GENERATING"}', "application/json"];
const problem = (/** @type {string} */ type, code = "podcast_unknown") => [
  JSON.stringify({ type, code, detail: "There is no podcast of this id." }),
  "application/problem+json",
];
const OURS = problem("urn:aethercast:problem:podcast_unknown");

const { fetch: realFetch, setTimeout: realSetTimeout } = globalThis;
/** @type {Response[]} what the network gives, one after the other, and the last over and over */
let answers;
/** How often it was asked. */
let asked = 0;
/** What it was asked with. @type {string[]} */
let keys;
/** A tab's, through reloads. @type {Map<string, string>} */
let ofTab;

beforeEach(() => {
  asked = 0;
  keys = [];
  ofTab = useStorage(new Map(), "sessionStorage");
  globalThis.fetch = async (_, how) => {
    asked++;
    keys.push(/** @type {any} */ (how?.headers)["X-Idempotency-Key"]);
    return /** @type {Response} */ (answers.length > 1 ? answers.shift() : answers[0].clone());
  };
  globalThis.setTimeout = /** @type {any} */ ((/** @type {() => void} */ act) => realSetTimeout(act, 0));
});
afterEach(() => Object.assign(globalThis, { fetch: realFetch, setTimeout: realSetTimeout }));

const api = new Api("", () => "key");
/** @param {number} status @param {string[]} said */
const answer = (status, [body, type]) =>
  new Response(status === 204 ? null : body, { status, headers: { "Content-Type": type } });

test("an error of the API is final where asking again brings the same", async () => {
  answers = [answer(404, OURS)];
  await assert.rejects(api.show("w"), (/** @type {ApiError} */ error) => {
    assert.deepEqual([error.code, error.status, error.final], ["podcast_unknown", 404, true]);
    return true;
  });
  assert.equal(asked, 1);
});

for (const status of [200, 401, 403, 404, 413, 429, 500, 503]) {
  for (const [name, said] of Object.entries({
    "a page": PAGE,
    nothing: ["", "text/html"],
    "half an answer": [PODCAST[0].slice(0, 20), "application/json"],
    "other JSON": ['{"error": {"code": 404}}', "application/json"],
    "somebody else's problem": problem("about:blank"),
    "a problem of another type": problem("urn:aethercast:problem:podcast_ended"),
    "our problem under another name": [OURS[0], "application/json"],
  })) {
    test(`${name} with a ${status} is no answer, and the API is asked again`, async () => {
      answers = [answer(status, said), answer(200, PODCAST)];
      assert.equal((await api.show("w")).workflow_id, "w");
      answers = [answer(status, said)];
      await assert.rejects(api.show("w"), (/** @type {ApiError} */ error) => {
        assert.deepEqual([error.code, error.status, error.final], ["unreachable", 0, false]);
        return true;
      });
    });
  }
}

test("a podcast is deleted when the API says so", async () => {
  answers = [answer(200, PAGE), answer(204, PAGE)];
  await api.delete("w");
  assert.equal(asked, 2);
});

const MADE = ['{"cpoa_workflow_id": "w"}', "application/json"];
/** Ways of having a podcast made. @type {Record<string, (about: string) => Promise<unknown>>} */
const MAKING = {
  generate: (about) => api.generate({ topic: about, minutes: 5 }, about.length % 2 === 0),
  remake: (about) => api.remake("w", [{ index: 0, text: about }]),
  "more about a chapter": (about) => api.moreAbout("w", about.length),
};

for (const [name, make] of Object.entries(MAKING)) {
  test(`${name}: who asks again after a lost answer, and a reload, asks for the same; after an answer for another one`, async () => {
    answers = [answer(502, PAGE)];
    await assert.rejects(make("tides"));
    const [lost] = keys;
    assert.deepEqual(new Set(keys), new Set([lost]), "the same in every attempt");
    await assert.rejects(make("towers")); // another wish meanwhile
    assert.notEqual(keys.at(-1), lost);
    answers = [answer(202, MADE)];
    await make("tides");
    assert.equal(keys.at(-1), lost);
    await make("tides");
    assert.notEqual(keys.at(-1), lost);
  });

  test(`${name}: what was refused, or asked for long ago, is asked for anew`, async () => {
    answers = [answer(422, problem("urn:aethercast:problem:podcast_ended", "podcast_ended"))];
    await assert.rejects(make("tides"));
    await assert.rejects(make("tides"));
    assert.notEqual(keys[0], keys[1]);
    answers = [answer(502, PAGE)];
    await assert.rejects(make("tides"));
    for (const [at, words] of ofTab) ofTab.set(at, words.replace(/"since":\d+/g, '"since":1'));
    const before = keys.at(-1);
    await assert.rejects(make("tides"));
    assert.notEqual(keys.at(-1), before);
  });

  test(`${name}: what was made of a lost answer, and deleted since, is made anew`, async () => {
    answers = [answer(409, problem("urn:aethercast:problem:podcast_deleted", "podcast_deleted")), answer(202, MADE)];
    await make("tides");
    assert.equal(new Set(keys).size, 2);
  });

  test(`${name}: where nothing can be stored, or something else is, it is made still`, async () => {
    answers = [answer(202, MADE)];
    for (const words of ["{", "[]", '{"a": 1}', "null"]) {
      ofTab.set("aethercast.unanswered", words);
      await make("tides");
    }
    Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get: () => assert.fail("it is switched off") });
    await make("tides");
    assert.equal(new Set(keys).size, 5);
  });
}
