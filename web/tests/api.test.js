/** What is taken for an answer of the API's, and what for somebody else's. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Api, ApiError } from "../api.js";

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

beforeEach(() => {
  asked = 0;
  globalThis.fetch = async () => {
    asked++;
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
