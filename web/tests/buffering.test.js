/** When to start, what to append, what to let go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ArrivalRate, Gate, gentleRate, nextAppend, nextEviction, startThresholdMs } from "../media/buffering.js";

test("a fast stream starts at 1 s, a slow one at 5 s, and each stall makes more careful", () => {
  assert.equal(startThresholdMs(3, 0), 1_000);
  assert.equal(startThresholdMs(1.5, 0), 1_000);
  assert.equal(startThresholdMs(1.25, 0), 3_000);
  assert.equal(startThresholdMs(0.5, 0), 5_000);
  assert.equal(startThresholdMs(3, 1), 2_000);
  assert.equal(startThresholdMs(3, 9), 5_000);
});

test("who listens faster than it is made is slowed down before they run dry, and no more than that", () => {
  assert.equal(gentleRate(1, 0, 0.2), 1, "nobody is slowed down below the rate of speech");
  assert.equal(gentleRate(0.75, 0, 0.2), 0.75);
  assert.equal(gentleRate(2, 0, 20), 2, "a burst is on its way");
  assert.equal(gentleRate(2, 10_000, 0.9), 2);
  assert.equal(gentleRate(2, 1_000, 1.3), 1.3, "as fast as it is made");
  assert.equal(gentleRate(2, 500, 1.3), 1);
  const easing = [1_000, 4_000, 7_000, 10_000].map((aheadMs) => gentleRate(2, aheadMs, 1));
  assert.deepEqual(easing, [...easing].sort());
});

test("the arrival rate is of the last seconds, and begins with the first packet", () => {
  const arrivals = new ArrivalRate(8_000);
  assert.equal(arrivals.at(5_000), 0);
  arrivals.note(5_000, 1_000);
  assert.equal(arrivals.at(5_001), 4, "a short measurement does not say more than it knows");
  arrivals.note(6_000, 1_000);
  assert.equal(arrivals.at(6_000), 2);
  assert.equal(arrivals.at(20_000), 0);
});

/** @param {Partial<Parameters<Gate["update"]>[0]>} now */
const at = (now) => ({ at: 0, aheadMs: 0, rate: 3, complete: false, playing: true, ...now });

test("the gate opens with enough, closes when dry, and counts how long that took", () => {
  const gate = new Gate();
  assert.equal(gate.update(at({ aheadMs: 900 })), false);
  assert.equal(gate.update(at({ aheadMs: 1_000 })), true);
  assert.equal(gate.update(at({ aheadMs: 200 })), true);
  assert.equal(gate.update(at({ at: 5_000, aheadMs: 60 })), false);
  assert.equal(gate.update(at({ at: 6_000, aheadMs: 1_900 })), false, "more careful than the first time");
  assert.equal(gate.update(at({ at: 6_500, aheadMs: 2_000 })), true);
  assert.deepEqual([gate.stalls, gate.stalledMs], [1, 1_500]);
});

test("an element that says it is starved is believed near the end of what there is, and nowhere else", () => {
  const gate = new Gate();
  gate.update(at({ aheadMs: 1_000 }));
  assert.equal(gate.update(at({ aheadMs: 900, starved: true })), true, "more is there: it is about to be fed");
  assert.equal(gate.update(at({ aheadMs: 85, starved: false })), true);
  assert.equal(gate.update(at({ aheadMs: 85, starved: true })), false);
  assert.equal(gate.stalls, 1);
});

test("a paused listener does not stall, and the end of a podcast is no stall", () => {
  const gate = new Gate();
  gate.update(at({ aheadMs: 2_000 }));
  assert.equal(gate.update(at({ playing: false })), true);
  assert.equal(gate.update(at({ complete: true })), true);
  assert.equal(gate.stalls, 0);
});

test("a short podcast that is complete starts at once", () => {
  assert.equal(new Gate().update(at({ aheadMs: 300, complete: true })), true);
});

const HERE = { position: 0, available: 10_000, packetS: 0.02, rate: 1, buffered: [] };

test("as much is appended as the target asks for, and no more", () => {
  assert.deepEqual(nextAppend({ ...HERE }), { from: 0, to: 750 });
  assert.deepEqual(nextAppend({ ...HERE, available: 40 }), { from: 0, to: 40 });
  assert.equal(nextAppend({ ...HERE, buffered: [{ start: 0, end: 15 }] }), null);
  assert.equal(nextAppend({ ...HERE, buffered: [{ start: 0, end: 15 }], position: 9.9 }), null);
  assert.deepEqual(nextAppend({ ...HERE, buffered: [{ start: 0, end: 15 }], position: 10.1 }), { from: 750, to: 1_255 });
  assert.equal(nextAppend({ ...HERE, available: 0 }), null);
});

test("at double speed twice as much is a target", () => {
  assert.deepEqual(nextAppend({ ...HERE, rate: 2 }), { from: 0, to: 1_500 });
  assert.deepEqual(nextAppend({ ...HERE, rate: 0.75 }), { from: 0, to: 750 });
});

test("after a jump it begins with the pre-roll, and stops where there is sound already", () => {
  assert.deepEqual(nextAppend({ ...HERE, position: 100, buffered: [{ start: 0, end: 15 }] }), { from: 4_996, to: 5_750 });
  const between = [{ start: 0, end: 15 }, { start: 22, end: 40 }];
  assert.deepEqual(nextAppend({ ...HERE, position: 14, buffered: between }), { from: 750, to: 1_100 });
});

test("five minutes are kept behind the listener", () => {
  assert.equal(nextEviction([{ start: 0, end: 320 }], 310, false), null);
  assert.deepEqual(nextEviction([{ start: 0, end: 345 }], 335, false), { start: 0, end: 35 });
  assert.equal(nextEviction([], 400, false), null);
});

test("over quota, what was played goes first, then what is far ahead", () => {
  assert.deepEqual(nextEviction([{ start: 0, end: 110 }], 100, true), { start: 0, end: 80 });
  assert.deepEqual(nextEviction([{ start: 90, end: 300 }], 100, true), { start: 130, end: Infinity });
  assert.equal(nextEviction([{ start: 90, end: 120 }], 100, true), null);
});
