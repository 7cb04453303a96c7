/** A piece of an MP3 is whole frames, and no more of the file is fetched than that. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cutMp3, frameAt, id3Bytes, wholeFrames } from "../media/mp3_clip.js";

/** 96 kbit/s at 48 kHz: 288 bytes, which are 24 ms. */
const FRAME = 288;
const HEADER = [0xff, 0xfb, 0x74, 0xc4];
const FRAMES = 500;

/** An ID3 tag of 300 bytes, then frames that each bear their number, and bytes that look like the beginning of one. */
function mp3() {
  const tag = [...new TextEncoder().encode("ID3"), 4, 0, 0, 0, 0, 2, 44, ...new Array(300).fill(0xff)];
  const frames = Array.from({ length: FRAMES }, (_, number) => [...HEADER, number >> 8, number & 0xff, ...HEADER, ...new Array(FRAME - 10).fill(0)]);
  return new Uint8Array([...tag, ...frames.flat()]);
}

/** @param {Uint8Array} bytes */
const numbers = (bytes) => Array.from({ length: bytes.length / FRAME }, (_, at) => (bytes[at * FRAME + 4] << 8) | bytes[at * FRAME + 5]);

test("a header says how long its frame is, and anything else is none", () => {
  assert.deepEqual(frameAt(new Uint8Array(HEADER), 0), { bytes: FRAME, bytesASecond: 12_000 });
  for (const other of [[0xff, 0xfb, 0xf4, 0], [0xff, 0xfb, 0x7c, 0], [0xff, 0xf3, 0x74, 0], [0x4f, 0x67, 0x67, 0x53], [0xff]]) {
    assert.equal(frameAt(new Uint8Array(other), 0), null);
  }
});

test("what stands before the sound is stepped over", () => {
  assert.equal(id3Bytes(mp3()), 310);
  assert.equal(id3Bytes(new Uint8Array([...HEADER, 0, 0, 0, 0, 0, 0])), 0);
});

test("a piece has whole frames only", () => {
  const bytes = mp3().subarray(310 + 100, 310 + 10 * FRAME + 50);
  assert.deepEqual(numbers(wholeFrames(new Uint8Array(bytes))), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.throws(() => wholeFrames(new Uint8Array(400)));
});

for (const ranges of [true, false]) {
  test(`a clip is of the moments asked for, ${ranges ? "by ranges" : "of a server without ranges"}`, async (t) => {
    const file = mp3();
    let sent = 0;
    t.mock.method(globalThis, "fetch", async (/** @type {string} */ _, /** @type {any} */ { headers }) => {
      const [from, last] = headers.Range.replace("bytes=", "").split("-").map(Number);
      const body = ranges ? file.slice(from, last + 1) : file;
      sent += body.length;
      return new Response(body, { status: ranges ? 206 : 200 });
    });
    const clip = await cutMp3("episode.mp3", 2.4, 4.8); // frames 100 to 199
    const found = numbers(new Uint8Array(await clip.arrayBuffer()));
    assert.equal(clip.type, "audio/mpeg");
    assert.deepEqual(found, Array.from({ length: found.length }, (_, at) => found[0] + at));
    assert.ok(found[0] > 95 && found[0] <= 98, `begins with frame ${found[0]}`);
    assert.ok(found.at(-1) === 200 || found.at(-1) === 199, `ends with frame ${found.at(-1)}`);
    if (ranges) assert.ok(sent < 106 * FRAME);
  });
}
