/**
 * The Opus packets of an Ogg file, while it is being fetched.
 *
 * Pages as in RFC 3533 (https://www.rfc-editor.org/rfc/rfc3533), the two headers as in RFC 7845, section 5. Only what is
 * between the packets is read: whether their sound is whole shows when it is played.
 */

import { join } from "./bytes.js";

/** Bytes of a page before the lengths of its pieces, how many there are being the last of them. */
const PAGE_HEAD = 27;
const FULL = 255;
/** Nothing has come for so long. */
const SILENT_MS = 30_000;

/** What a file's pages hold, given piece by piece. */
export class OggReader {
  /** Of the first header; null until that has come. @type {import("./containers.js").OpusStream | null} */
  format = null;
  #bytes = new Uint8Array();
  /** The beginning of a packet that goes on in the next page. @type {Uint8Array<ArrayBuffer>[]} */
  #begun = [];
  /** Headers that are still to come. */
  #headers = 2;

  /**
   * The packets of sound that are whole by now. Throws where it is no such file.
   * @param {Uint8Array<ArrayBuffer>} piece  the next bytes
   * @returns {Uint8Array<ArrayBuffer>[]}
   */
  read(piece) {
    const bytes = join([this.#bytes, piece]);
    const packets = [];
    let at = 0;
    while (at + PAGE_HEAD <= bytes.length) {
      if (ascii(bytes, at, 4) !== "OggS") throw new Error("not an Ogg page");
      const body = at + PAGE_HEAD + bytes[at + PAGE_HEAD - 1];
      const lengths = bytes.subarray(at + PAGE_HEAD, body);
      const end = body + lengths.reduce((sum, length) => sum + length, 0);
      if (end > bytes.length) break;
      packets.push(...this.#packetsOf(bytes.subarray(body, end), lengths));
      at = end;
    }
    this.#bytes = bytes.slice(at);
    return packets;
  }

  /** @param {Uint8Array<ArrayBuffer>} body @param {Uint8Array<ArrayBuffer>} lengths */
  #packetsOf(body, lengths) {
    const packets = [];
    let from = 0;
    let at = 0;
    for (const length of lengths) {
      at += length;
      if (length === FULL) continue; // it goes on
      const packet = join([...this.#begun, body.subarray(from, at)]); // of its own: the page is let go
      this.#begun = [];
      from = at;
      if (this.#headers === 0) packets.push(packet);
      else if (--this.#headers === 1) this.format = formatOf(packet);
    }
    if (from < at) this.#begun.push(body.slice(from, at));
    return packets;
  }
}

/**
 * Fetch a file and hand out its packets as they come. Rejects where it cannot be had, or is none.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(packets: Uint8Array<ArrayBuffer>[], format: import("./containers.js").OpusStream) => void} take
 */
export async function fetchOpus(url, signal, take) {
  const waiting = new AbortController();
  const expect = () => setTimeout(() => waiting.abort(), SILENT_MS);
  let timer = expect();
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, waiting.signal]) });
    if (!answer.ok || !answer.body) throw new Error(`HTTP ${answer.status}`);
    const pieces = answer.body.getReader();
    const reader = new OggReader();
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) break;
      clearTimeout(timer);
      timer = expect();
      const packets = reader.read(value);
      if (reader.format && packets.length) take(packets, reader.format);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Of the identification header. @param {Uint8Array} packet @returns {import("./containers.js").OpusStream} */
function formatOf(packet) {
  if (ascii(packet, 0, 8) !== "OpusHead") throw new Error("not Opus");
  return { channels: packet[9], preSkip: packet[10] | (packet[11] << 8) };
}

/** @param {Uint8Array} bytes @param {number} from @param {number} length */
const ascii = (bytes, from, length) => String.fromCharCode(...bytes.subarray(from, from + length));
