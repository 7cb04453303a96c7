/**
 * A piece of an MP3, cut at its frames without being encoded anew: of a whole episode only that piece is fetched.
 *
 * Episodes' MP3s have one rate throughout (functions/mastering/editions.py), so a moment is at a known byte.
 * https://id3.org/id3v2.4.0-structure for what stands before the sound; frames as in ISO 11172-3, section 2.4.1.
 */

const WITHIN_MS = 30_000;
const ID3_HEADER = 10;
/** kbit/s by the header's index: layer III of MPEG-1. */
const BITRATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const SAMPLE_RATES = [44_100, 48_000, 32_000];
const SAMPLES_A_FRAME = 1152;
/** A frame borrows from those before it: this many come along, so that the first word is whole. */
const LEAD_FRAMES = 3;

/** @typedef {{bytes: number, bytesASecond: number}} Frame  its length, and that of a second of such frames */

/**
 * Fetch the frames of `start` to `end`, in seconds. Rejects where the file cannot be had, or is no such MP3.
 * @param {string} url
 * @param {number} start
 * @param {number} end
 */
export async function cutMp3(url, start, end) {
  const head = await fetchBytes(url, 0, ID3_HEADER);
  const first = id3Bytes(head);
  const frame = frameAt(await fetchBytes(url, first, first + 4), 0);
  if (!frame) throw new Error("not an MP3");
  const from = first + Math.max(0, Math.floor(start * frame.bytesASecond) - LEAD_FRAMES * frame.bytes);
  const to = first + Math.ceil(end * frame.bytesASecond) + frame.bytes;
  return new Blob([wholeFrames(await fetchBytes(url, from, to))], { type: "audio/mpeg" });
}

/** How many bytes stand before the first frame. @param {Uint8Array} head  the first ten of the file */
export function id3Bytes(head) {
  if (String.fromCharCode(...head.subarray(0, 3)) !== "ID3") return 0;
  return ID3_HEADER + head.subarray(6, ID3_HEADER).reduce((size, byte) => (size << 7) | (byte & 0x7f), 0);
}

/** The frame that begins there; null where none does. @param {Uint8Array} bytes @param {number} at @returns {Frame | null} */
export function frameAt(bytes, at) {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xfa) return null;
  const [bitrate, rate] = [BITRATES[bytes[at + 2] >> 4], SAMPLE_RATES[(bytes[at + 2] >> 2) & 3]];
  if (!bitrate || !rate) return null;
  const bytesASecond = (bitrate * 1000) / 8;
  return { bytes: Math.floor((SAMPLES_A_FRAME * bytesASecond) / rate) + ((bytes[at + 2] >> 1) & 1), bytesASecond };
}

/** What lies between the first beginning of a frame and the last end of one. @param {Uint8Array<ArrayBuffer>} bytes */
export function wholeFrames(bytes) {
  let from = 0;
  while (from < bytes.length && !begins(bytes, from)) from++;
  let to = from;
  for (let frame = frameAt(bytes, to); frame && to + frame.bytes <= bytes.length; frame = frameAt(bytes, to)) to += frame.bytes;
  if (to === from) throw new Error("no whole frame of an MP3");
  return bytes.subarray(from, to);
}

/** Bytes of the sound may look like a header: it is one where another follows. @param {Uint8Array} bytes @param {number} at */
function begins(bytes, at) {
  const frame = frameAt(bytes, at);
  return frame !== null && frameAt(bytes, at + frame.bytes) !== null;
}

/** @param {string} url @param {number} from @param {number} to  not included */
async function fetchBytes(url, from, to) {
  const answer = await fetch(url, { headers: { Range: `bytes=${from}-${to - 1}` }, signal: AbortSignal.timeout(WITHIN_MS) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return answer.status === 206 ? bytes : bytes.subarray(from, to); // a server may send all of it
}
