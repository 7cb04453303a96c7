/** What is put around packets, read back by a reader that others wrote. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from "mediabunny";
import { chooseContainer, findMediaSource } from "../media/containers.js";
import * as mp4 from "../media/mp4.js";
import * as webm from "../media/webm.js";

const PRE_SKIP = 312;
/** Configuration 28 (CELT, full band, 20 ms), one frame: RFC 6716, section 3.1. */
const OPUS_20_MS = 0xe8 | (3 << 3);

/** @param {number} length @param {number} seed */
const packet = (length, seed) => Uint8Array.from({ length }, (_, at) => (at === 0 ? OPUS_20_MS : (seed * 31 + at) & 255));
const packets = Array.from({ length: 1_700 }, (_, number) => packet(3 + (number % 300), number));

/** @param {Uint8Array[]} parts */
const joined = (parts) => Buffer.concat(parts).buffer;

for (const [name, container] of Object.entries({ webm, mp4 })) {
  test(`${name}: every packet is there, at its place, unchanged`, async () => {
    const stream = { preSkip: PRE_SKIP, channels: 1 };
    const bytes = joined([
      container.initSegment(stream),
      container.mediaSegment(0, packets.slice(0, 1)),
      container.mediaSegment(1, packets.slice(1, 1_200)),
      container.mediaSegment(1_200, packets.slice(1_200)),
    ]);
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
    const track = await input.getPrimaryAudioTrack();
    assert.ok(track);
    assert.equal(track.codec, "opus");
    assert.equal(track.sampleRate, 48_000);
    assert.equal(track.numberOfChannels, 1);
    const read = [];
    for await (const found of new EncodedPacketSink(track).packets()) read.push(found);
    assert.equal(read.length, packets.length);
    const before = read[0].timestamp;
    for (const [number, found] of read.entries()) {
      assert.deepEqual(Buffer.from(found.data), Buffer.from(packets[number]), `packet ${number}`);
      assert.ok(Math.abs(found.timestamp - before - number * 0.02) < 1e-6, `packet ${number} at ${found.timestamp}`);
    }
  });
}

test("WebM is preferred, MP4 is taken where it alone is, in the browser's own spelling", async () => {
  assert.equal((await chooseContainer(() => true))?.type, 'audio/webm; codecs="opus"');
  assert.equal((await chooseContainer((type) => type === "audio/webm; codecs=opus"))?.type, "audio/webm; codecs=opus");
  assert.equal((await chooseContainer((type) => type.includes("Opus")))?.type, 'audio/mp4; codecs="Opus"');
  assert.equal(await chooseContainer(() => false), null);
});

test("a plain MediaSource is preferred to a managed one", () => {
  const [MediaSource, ManagedMediaSource] = [class {}, class {}];
  assert.equal(findMediaSource({ MediaSource, ManagedMediaSource }), MediaSource);
  assert.equal(findMediaSource({ ManagedMediaSource }), ManagedMediaSource);
  assert.equal(findMediaSource({}), null);
});
