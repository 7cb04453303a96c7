/** What is known of a podcast, told by two that may cross. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Production } from "../production.js";

/** @param {object} more */
const told = (more) => /** @type {any} */ ({ title: "", stages: {}, artifacts: null, duration_ms: null, error: null, ...more });
/** @param {number} index @param {object} [more] */
const segment = (index, more) =>
  /** @type {any} */ ({ type: "segment", index, kind: "turn", speaker: "Ada", text: "…", firstPacket: index * 100, packets: 100, ...more });

test("turns stand in their order, each once, at their times", () => {
  const production = new Production();
  for (const index of [1, 0, 1, 2]) production.addTurn(segment(index));
  assert.deepEqual(production.turns.map(({ index, start, end }) => [index, start, end]), [[0, 0, 2], [1, 2, 4], [2, 4, 6]]);
  assert.equal(production.turnAt(3.9)?.index, 1);
  assert.equal(production.turnAt(-1), null);
});

test("a finished script has no turns for segments without sound", () => {
  const production = new Production();
  production.addScript([segment(0), segment(1, { packets: null }), segment(2)]);
  assert.deepEqual(production.turns.map(({ index, start }) => [index, start]), [[0, 0], [2, 2]]);
});

test("a chapter begins with its first turn", () => {
  const production = new Production();
  for (const [index, chapter] of ["", "One", "One", "", "Two"].entries()) production.addTurn(segment(index, { chapter }));
  assert.deepEqual(production.chapters, [{ title: "One", start: 2, number: 2 }, { title: "Two", start: 8, number: 4 }]);
});

test("an answer that was overtaken does not undo the end", () => {
  const production = new Production();
  production.begin("tides");
  production.learn(told({ state: "COMPLETED", title: "Tides", duration_ms: 5, artifacts: { audio: "…" } }));
  production.learn(told({ state: "GENERATING" }));
  assert.equal(production.state, "COMPLETED");
  assert.equal(production.title, "Tides");
  assert.deepEqual(production.artifacts, { audio: "…" });
});

test("counts never fall, though an answer be overtaken", () => {
  const production = new Production();
  for (const [written, voiced] of [[5, 3], [4, 2]]) {
    production.learn(told({ state: "GENERATING", segments: { written, voiced, total: null } }));
  }
  assert.deepEqual([production.written, production.voiced], [5, 3]);
});

test("of what was stopped, nothing is heard from the first turn without sound on", () => {
  const production = new Production();
  production.state = "CANCELLED";
  production.addScript(/** @type {any} */ ([100, 50, null, 100].map((packets, index) => ({ index, packets, speaker: "Ada", text: "", chapter: "" }))));
  assert.deepEqual(production.turns.map(({ start, end }) => [start, end]), [[0, 2], [2, 3], [3, 3], [3, 3]]);
  assert.equal(production.voicedS, 3);
  assert.equal(production.turnAt(3)?.index, 1);
});

test("what is there, and was lost sight of, is not made a second time", () => {
  const production = new Production();
  production.begin("tides");
  assert.ok(production.isToBeMade, "the request was refused, or never came");
  production.id = "0123456789abcdef0123456789abcdef";
  for (const [state, anew] of /** @type {const} */ ([["GENERATING", false], ["FAILED", true], ["CANCELLED", true]])) {
    production.state = state;
    for (const code of ["key_revoked", "unreachable", "stream_refused", "playback_failed"]) {
      production.error = { code };
      assert.equal(production.isToBeMade, anew, `${state} ${code}`);
    }
  }
});
