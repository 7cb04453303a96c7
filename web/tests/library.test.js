/** A long list, as its listener left it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { pages } from "../api.js";

/** An API with so many podcasts, which gives 100 at most at once. @param {number} many */
function apiWith(many) {
  const all = Array.from({ length: many }, (_, number) => ({ workflow_id: String(number) }));
  const asked = /** @type {any[]} */ ([]);
  /** @param {any} query */
  const list = async ({ limit, page_token: token, ...query }) => {
    asked.push({ limit, ...query });
    assert.ok(limit >= 1 && limit <= 100);
    const [from, to] = [Number(token ?? 0), Number(token ?? 0) + limit];
    const podcasts = all.slice(from, to);
    return { podcasts, places: Object.fromEntries(podcasts.map(({ workflow_id: id }) => [id, 1])), next_page_token: to < many ? String(to) : null };
  };
  return { asked, list: /** @type {any} */ (list) };
}

test("who comes back to a long list finds as much of it as was there, once each, with its places", async () => {
  for (const [many, shown] of [[300, 300], [300, 140], [300, 20], [101, 101], [7, 20], [0, 20]]) {
    const api = apiWith(many);
    const { podcasts, places, next_page_token: next } = await pages(api, "tides", null, shown);
    assert.ok(podcasts.length === Math.min(many, shown), `${podcasts.length} of ${shown}`);
    assert.deepEqual(podcasts.map(({ workflow_id: id }) => Number(id)), podcasts.map((_, at) => at));
    assert.equal(Object.keys(places).length, podcasts.length);
    assert.equal(next, podcasts.length < many ? String(podcasts.length) : null);
    assert.ok(api.asked.length <= Math.ceil(shown / 100));
    assert.ok(api.asked.every(({ q }) => q === "tides"));
  }
});

test("more is a page from where the list ends", async () => {
  const api = apiWith(300);
  const { podcasts } = await pages(api, "", "40", 20);
  assert.deepEqual([podcasts[0].workflow_id, podcasts.length, api.asked.length], ["40", 20, 1]);
});
