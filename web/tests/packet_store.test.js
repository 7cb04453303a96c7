/** Packets in order: once each, none missing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PacketStore } from "../stream/packet_store.js";

/** @param {number} from @param {number} to */
const packets = (from, to) => Array.from({ length: to - from }, (_, at) => Uint8Array.of(from + at));
/** @param {PacketStore} store */
const held = (store) => store.slice(0, store.end).map(([number]) => number);

test("what comes twice is taken once", () => {
  const store = new PacketStore();
  assert.equal(store.add(0, packets(0, 5)), 5);
  assert.equal(store.add(3, packets(3, 8)), 3);
  assert.equal(store.add(0, packets(0, 4)), 0);
  assert.deepEqual(held(store), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(store.endMs, 160);
  assert.equal(store.bytes, 8);
});

test("a gap is refused, and nothing of it kept", () => {
  const store = new PacketStore();
  store.add(0, packets(0, 2));
  assert.throws(() => store.add(3, packets(3, 5)), { code: "packet_gap" });
  assert.deepEqual(held(store), [0, 1]);
});

test("long packets are loud", () => {
  const store = new PacketStore();
  store.add(0, [new Uint8Array(110), new Uint8Array(11), new Uint8Array(500)]);
  assert.equal(store.level(0, 1), 1);
  assert.equal(store.level(1, 2), 0.1);
  assert.equal(store.level(2, 9), 1);
  assert.equal(store.level(5, 9), 0);
});
