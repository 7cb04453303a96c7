/** What the service worker answers where the net does not: what is here, never that there is nothing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const CODE = readFileSync(new URL("../worker.js", import.meta.url), "utf8");
const LIST = "https://player.example/api/v1/podcasts?limit=20";

/** The worker's answer to a request while the net is away. @param {string} url @param {Record<string, object>} kept  by address */
async function answered(url, kept) {
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  const cache = {
    keys: async () => Object.keys(kept).map((url) => ({ url })),
    match: async (/** @type {{url: string}} */ request) => Response.json(kept[request.url]),
  };
  const fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  const self = { addEventListener: (/** @type {string} */ type, /** @type {any} */ listener) => (listeners[type] = listener) };
  runInContext(CODE, createContext({ self, fetch, Response, URL, location: new URL(LIST), caches: { open: async () => cache } }));
  /** @type {Response | undefined} */
  let answer;
  listeners.fetch({ request: { url, method: "GET" }, respondWith: async (/** @type {Promise<Response>} */ given) => (answer = await given) });
  await new Promise((resolve) => setImmediate(resolve));
  return answer;
}

test("without the net the list is of what is kept, the newest first, and says that it is no more than that", async () => {
  const kept = Object.fromEntries(["2026-01", "2026-03", "2026-02"].map((created_at) => [`https://player.example/kept/${created_at}/podcast.json`, { created_at }]));
  const page = await (await answered(LIST, { ...kept, "https://player.example/kept/2026-01/audio": {} }))?.json();
  assert.deepEqual(page.podcasts.map((/** @type {any} */ one) => one.created_at), ["2026-03", "2026-02", "2026-01"]);
  assert.equal(page.kept, true);
});

test("where nothing is kept there is no list, rather than one without podcasts", async () => {
  assert.equal((await answered(LIST, {}))?.type, "error");
});
