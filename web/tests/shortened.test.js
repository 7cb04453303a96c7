/** Long pauses are left out, nothing of what is said is, and both clocks agree. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Shortened } from "../media/shortened.js";
import { PacketStore } from "../stream/packet_store.js";

const [SPEECH, SILENCE] = [80, 40];

/** @param {number[]} runs  packets of speech, of silence, of speech, … */
function podcast(...runs) {
  const sizes = runs.flatMap((length, number) => Array(length).fill(number % 2 ? SILENCE : SPEECH));
  return sizes.map((size, number) => new Uint8Array(size).fill(number));
}

/** @param {Uint8Array<ArrayBuffer>[]} packets @param {number} [atOnce] */
function shorten(packets, atOnce = packets.length) {
  const store = new PacketStore();
  const shortened = new Shortened(store);
  let told = 0;
  for (let at = 0; at < packets.length; at += atOnce) {
    store.add(at, packets.slice(at, at + atOnce));
    told += shortened.take();
  }
  assert.equal(told, shortened.end);
  shortened.complete();
  return shortened;
}

test("of a long pause its ends stay, and short ones stay whole", () => {
  const packets = podcast(10, 20, 10, 13, 10, 40);
  for (const atOnce of [1, 7, 1000]) {
    const shortened = shorten(packets, atOnce);
    const kept = [...packets.slice(0, 14), ...packets.slice(26, 67), ...packets.slice(99)];
    assert.deepEqual(shortened.slice(0, shortened.end), kept);
    assert.equal(shortened.endMs, kept.length * 20);
  }
});

test("what is said is played at the time that the podcast has for it, and found there", () => {
  const packets = podcast(10, 20, 10, 13, 10, 40, 10);
  const shortened = shorten(packets);
  shortened.slice(0, shortened.end).forEach((packet, number) => {
    const [played, whole] = [number * 0.02 + 0.001, packet[0] * 0.02 + 0.001];
    assert.ok(Math.abs(shortened.whole(played) - whole) < 1e-9);
    assert.ok(Math.abs(shortened.played(whole) - played) < 1e-9);
  });
});

test("who goes to a place that is left out comes to what is said next", () => {
  const shortened = shorten(podcast(10, 20, 10));
  for (const left_out of [15, 20, 25]) assert.equal(shortened.played(left_out * 0.02), 14 * 0.02);
});

test("a pause is not played before it is known how long it is", () => {
  const store = new PacketStore();
  const shortened = new Shortened(store);
  const packets = podcast(10, 8, 10);
  store.add(0, packets.slice(0, 16));
  assert.equal(shortened.take(), 10);
  store.add(16, packets.slice(16));
  assert.equal(shortened.take(), 18);
});
