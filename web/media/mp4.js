/**
 * Opus packets as fragmented MP4 for one SourceBuffer, where WebM is not taken.
 *
 * ISO/IEC 14496-12 boxes, Opus in them (https://opus-codec.org/docs/opus_in_isobmff.html), and the byte stream format
 * https://www.w3.org/TR/mse-byte-stream-format-isobmff/. The time scale is 48 kHz: packet N begins at N x 960.
 */

import { SAMPLE_RATE } from "../contract.js";
import { PACKET_SAMPLES } from "../stream/wire.js";
import { join } from "./bytes.js";

const TRACK = 1;
/** Decoders need 80 ms to settle after a seek (RFC 7845, section 4.6). */
const ROLL_PACKETS = -4;

/**
 * What comes once, before any audio.
 * @param {import("./containers.js").OpusStream} stream
 */
export function initSegment(stream) {
  const sampleEntry = box("Opus", [
    u32(0), u16(0), u16(1), // reserved, data reference
    u32(0), u32(0), u16(stream.channels), u16(16), u32(0), u32(SAMPLE_RATE * 0x10000),
    box("dOps", [u8(0), u8(stream.channels), u16(stream.preSkip), u32(SAMPLE_RATE), u16(0), u8(0)]),
  ]);
  const rollGroup = fullBox("sgpd", 1, 0, [ascii("roll"), u32(2), u32(1), u16(ROLL_PACKETS & 0xffff)]);
  const samples = box("stbl", [
    fullBox("stsd", 0, 0, [u32(1), sampleEntry]),
    fullBox("stts", 0, 0, [u32(0)]),
    fullBox("stsc", 0, 0, [u32(0)]),
    fullBox("stsz", 0, 0, [u32(0), u32(0)]),
    fullBox("stco", 0, 0, [u32(0)]),
    rollGroup,
  ]);
  const dataReference = fullBox("dref", 0, 0, [u32(1), fullBox("url ", 0, 1, [])]);
  const media = box("mdia", [
    fullBox("mdhd", 0, 0, [u32(0), u32(0), u32(SAMPLE_RATE), u32(0), u16(0x55c4), u16(0)]), // language "und"
    fullBox("hdlr", 0, 0, [u32(0), ascii("soun"), zeros(12), ascii("Aethercast\0")]),
    box("minf", [fullBox("smhd", 0, 0, [u32(0)]), box("dinf", [dataReference]), samples]),
  ]);
  const trackHeader = fullBox("tkhd", 0, 7, [
    u32(0), u32(0), u32(TRACK), u32(0), u32(0), zeros(8), u16(0), u16(0), u16(0x100), u16(0), MATRIX, u32(0), u32(0),
  ]);
  // Sound begins where the encoder's delay ends, so that decoded samples are where WebM's CodecDelay puts them
  const edit = box("edts", [fullBox("elst", 0, 0, [u32(1), u32(0), u32(stream.preSkip), u16(1), u16(0)])]);
  const movieHeader = fullBox("mvhd", 0, 0, [
    u32(0), u32(0), u32(SAMPLE_RATE), u32(0), u32(0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(TRACK + 1),
  ]);
  const defaults = fullBox("trex", 0, 0, [u32(TRACK), u32(1), u32(PACKET_SAMPLES), u32(0), u32(0)]);
  return join([
    box("ftyp", [ascii("iso6"), u32(0), ascii("iso6"), ascii("mp41")]),
    box("moov", [movieHeader, box("trak", [trackHeader, edit, media]), box("mvex", [defaults])]),
  ]);
}

/**
 * Packets `first` and following. Segments may be appended in any order; each carries its place.
 * @param {number} first
 * @param {Uint8Array[]} packets
 */
export function mediaSegment(first, packets) {
  const fragment = (/** @type {number} */ dataOffset) =>
    box("moof", [
      fullBox("mfhd", 0, 0, [u32(first + 1)]),
      box("traf", [
        fullBox("tfhd", 0, DEFAULT_BASE_IS_MOOF, [u32(TRACK)]),
        fullBox("tfdt", 1, 0, [u64(first * PACKET_SAMPLES)]),
        fullBox("trun", 0, DATA_OFFSET | SAMPLE_SIZES, [
          u32(packets.length),
          u32(dataOffset),
          ...packets.map((packet) => u32(packet.length)),
        ]),
        fullBox("sbgp", 0, 0, [ascii("roll"), u32(1), u32(packets.length), u32(1)]),
      ]),
    ]);
  const mdatHead = 8;
  return join([fragment(fragment(0).length + mdatHead), box("mdat", packets)]);
}

const DEFAULT_BASE_IS_MOOF = 0x020000;
const DATA_OFFSET = 0x000001;
const SAMPLE_SIZES = 0x000200;

const u8 = (/** @type {number} */ value) => Uint8Array.of(value);
const u16 = (/** @type {number} */ value) => Uint8Array.of(value >> 8, value);
const u32 = (/** @type {number} */ value) => Uint8Array.of(value / 2 ** 24, value >> 16, value >> 8, value);
const u64 = (/** @type {number} */ value) => join([u32(Math.floor(value / 2 ** 32)), u32(value % 2 ** 32)]);
const zeros = (/** @type {number} */ length) => new Uint8Array(length);
const ascii = (/** @type {string} */ value) => Uint8Array.from(value, (character) => character.charCodeAt(0));

/** A track that is neither turned nor scaled. */
const MATRIX = join([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32));

/** @param {string} type @param {Uint8Array[]} parts */
function box(type, parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  return join([u32(size), ascii(type), ...parts]);
}

/** @param {string} type @param {number} version @param {number} flags @param {Uint8Array[]} parts */
function fullBox(type, version, flags, parts) {
  return box(type, [u8(version), u8(flags >> 16), u16(flags), ...parts]);
}
