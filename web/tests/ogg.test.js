/** Packets of an Ogg Opus file, in whatever pieces it comes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { OggReader } from "../media/ogg.js";

const HEAD = [...Buffer.from("OpusHead"), 1, 1, 0x38, 0x01, ...Array(7).fill(0)];
const TAGS = [...Buffer.from("OpusTags"), ...Array(8).fill(0)];
/** Lengths about the limits of a piece of 255 bytes. */
const SOUND = [1, 254, 255, 256, 510, 600, 40].map((length, number) => Array(length).fill(number));

/** @param {number[][]} pieces  of at most 255 bytes; a packet ends with the first that is shorter */
const page = (pieces) => [...Buffer.from("OggS"), ...Array(22).fill(0), pieces.length, ...pieces.map(({ length }) => length), ...pieces.flat()];

/** @param {number[]} packet */
function lacing(packet) {
  const pieces = [];
  for (let at = 0; at <= packet.length; at += 255) pieces.push(packet.slice(at, at + 255));
  return pieces;
}

/** A file whose pages have so many pieces each, packets going on from one to the next. @param {number} a_page */
function file(a_page) {
  const pieces = SOUND.flatMap(lacing);
  const pages = [page([HEAD]), page([TAGS])];
  for (let at = 0; at < pieces.length; at += a_page) pages.push(page(pieces.slice(at, at + a_page)));
  return Uint8Array.from(pages.flat());
}

for (const aPage of [1, 2, 100]) {
  for (const bytes of [1, 7, 100, 1e6]) {
    test(`pages of ${aPage} pieces that come by ${bytes} bytes`, () => {
      const whole = file(aPage);
      const reader = new OggReader();
      const packets = [];
      for (let at = 0; at < whole.length; at += bytes) packets.push(...reader.read(whole.slice(at, at + bytes)));
      assert.deepEqual(packets.map((packet) => [...packet]), SOUND);
      assert.deepEqual(reader.format, { channels: 1, preSkip: 312 });
    });
  }
}

test("what is no Ogg Opus is refused", () => {
  assert.throws(() => new OggReader().read(new Uint8Array(100)), /not an Ogg page/);
  assert.throws(() => new OggReader().read(Uint8Array.from(page([TAGS]))), /not Opus/);
});
