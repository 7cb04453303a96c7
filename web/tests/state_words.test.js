/** What is said beside the clock while no sound comes: what is waited for, not merely that it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { stateWords } from "../page/state_words.js";

/** @param {any} more */
const episode = (more = {}) => ({ unreachable: false, connectionState: "open", connection: { reconnects: 0 }, ...more });
/** @param {any} more */
const player = (more = {}) => ({ state: "playing", rate: 1, soundingRate: 1, aheadMs: 9_000, ...more });

test("who has run dry is told what is missing: the net, the server, or what is not made yet", () => {
  const reconnecting = [{ connectionState: "waiting" }, { connectionState: "connecting", connection: { reconnects: 2 } }];
  for (const state of ["starting", "buffering"]) {
    for (const aheadMs of [0, 300]) { // too little to go on with
      const dry = player({ state, aheadMs });
      assert.equal(stateWords(episode(), dry, true), state === "starting" ? "Starting…" : "Buffering…");
      assert.equal(stateWords(episode({ connectionState: "connecting" }), dry, true), stateWords(episode(), dry, true), "the first time");
      for (const how of reconnecting) assert.equal(stateWords(episode(how), dry, true), "Reconnecting…");
      for (const how of [{}, ...reconnecting, { connectionState: "file", connection: null }, { unreachable: true, connectionState: "waiting" }]) {
        assert.equal(stateWords(episode(how), dry, false), "No connection");
      }
    }
  }
});

test("who hears it still is not told of a break that is over soon", () => {
  for (const online of [true, false]) {
    assert.equal(stateWords(episode({ connectionState: "waiting" }), player(), online), "");
    assert.equal(stateWords(episode({ connectionState: "waiting", unreachable: true }), player(), online), "Reconnecting; playing on");
    assert.equal(stateWords(episode(), player({ state: "paused" }), online), "");
    assert.equal(stateWords(episode(), player({ state: "blocked" }), online), "Press play to listen");
  }
});

test("who hears it slower than they chose is told so", () => {
  assert.equal(stateWords(episode(), player({ rate: 2, soundingRate: 1.4 }), true), "1.4×, as fast as it is made");
});
