/** The WebSocket wire: what the streamer may say, and what is refused. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAMING } from "../contract.js";
import * as wire from "../stream/wire.js";

/** @param {number} first @param {number[][]} packets */
function message(first, packets) {
  const lengths = packets.flatMap(({ length }) => [length >> 8, length & 255]);
  const head = [0, 0, first >> 8, first & 255, packets.length >> 8, packets.length & 255];
  return Uint8Array.from([...head, ...lengths, ...packets.flat()]).buffer;
}

test("packets come out as they went in", () => {
  const { first, packets } = wire.unpackPackets(message(258, [[1, 2, 3], [4], [5, 6]]));
  assert.equal(first, 258);
  assert.deepEqual(packets.map((packet) => [...packet]), [[1, 2, 3], [4], [5, 6]]);
});

test("a message that does not add up is refused", () => {
  const whole = message(0, [[1, 2, 3], [4]]);
  for (let length = 0; length < whole.byteLength; length++) {
    assert.throws(() => wire.unpackPackets(whole.slice(0, length)), wire.WireError, `${length} bytes`);
  }
  assert.throws(() => wire.unpackPackets(message(0, [[1], []])), { code: "message_length" });
  assert.throws(() => wire.unpackPackets(message(0, [])), { code: "message_short" });
  const longer = new Uint8Array([...new Uint8Array(whole), 0]).buffer;
  assert.throws(() => wire.unpackPackets(longer), { code: "message_length" });
});

const METADATA = {
  type: "stream_metadata",
  codec: "opus",
  framing: FRAMING,
  preSkip: 312,
  resumeToken: "t",
  title: "Tides",
};

test("control messages are held to their fields", () => {
  assert.deepEqual(wire.parseControl(JSON.stringify(METADATA)), METADATA);
  assert.throws(() => wire.parseControl("{"), { code: "message_malformed" });
  assert.throws(() => wire.parseControl("[]"), { code: "message_malformed" });
  assert.throws(() => wire.parseControl(JSON.stringify({ ...METADATA, preSkip: "312" })), { code: "field_invalid" });
  assert.throws(() => wire.parseControl('{"type":"segment"}'), { code: "field_invalid" });
});

test("another framing is not guessed at", () => {
  assert.throws(() => wire.parseControl(JSON.stringify({ ...METADATA, framing: "aethercast-2" })), { code: "framing_unknown" });
  assert.throws(() => wire.parseControl(JSON.stringify({ ...METADATA, codec: "mp3" })), { code: "framing_unknown" });
});

test("a message of a later version is passed over", () => {
  assert.equal(wire.parseControl('{"type":"applause"}'), null);
  assert.equal(wire.parseControl('{"type":"toString"}'), null);
});
