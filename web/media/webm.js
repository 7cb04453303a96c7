/**
 * Opus packets as a WebM byte stream for one SourceBuffer.
 *
 * EBML (RFC 8794), Matroska (RFC 9559, https://www.rfc-editor.org/rfc/rfc9559), Opus in it
 * (https://www.matroska.org/technical/codec_specs.html), and the byte stream format
 * https://www.w3.org/TR/mse-byte-stream-format-webm/. Timestamps are in ms, so that packet N begins at exactly N x 20.
 */

import { PACKET_MS, SAMPLE_RATE } from "../contract.js";
import { join } from "./bytes.js";

const ID = Object.freeze({
  EBML: 0x1a45dfa3,
  EBMLVersion: 0x4286,
  EBMLReadVersion: 0x42f7,
  EBMLMaxIDLength: 0x42f2,
  EBMLMaxSizeLength: 0x42f3,
  DocType: 0x4282,
  DocTypeVersion: 0x4287,
  DocTypeReadVersion: 0x4285,
  Segment: 0x18538067,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  MuxingApp: 0x4d80,
  WritingApp: 0x5741,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagLacing: 0x9c,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  CodecDelay: 0x56aa,
  SeekPreRoll: 0x56bb,
  DefaultDuration: 0x23e383,
  Audio: 0xe1,
  SamplingFrequency: 0xb5,
  Channels: 0x9f,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SimpleBlock: 0xa3,
});

const NS_A_MS = 1_000_000;
/** Decoders need this long to settle after a seek (RFC 7845, section 4.6). */
const SEEK_PRE_ROLL_MS = 80;
const TRACK_AUDIO = 2;
const KEYFRAME = 0x80;
/** A SimpleBlock tells its time from its cluster's in 16 bits, so a cluster is kept well under 32 s. */
const PACKETS_A_CLUSTER = 1000;

/**
 * What comes once, before any audio.
 * @param {import("./containers.js").OpusStream} stream
 */
export function initSegment(stream) {
  const head = element(ID.EBML, [
    unsigned(ID.EBMLVersion, 1),
    unsigned(ID.EBMLReadVersion, 1),
    unsigned(ID.EBMLMaxIDLength, 4),
    unsigned(ID.EBMLMaxSizeLength, 8),
    text(ID.DocType, "webm"),
    unsigned(ID.DocTypeVersion, 4),
    unsigned(ID.DocTypeReadVersion, 2),
  ]);
  const info = element(ID.Info, [
    unsigned(ID.TimestampScale, NS_A_MS),
    text(ID.MuxingApp, "Aethercast"),
    text(ID.WritingApp, "Aethercast"),
  ]);
  const track = element(ID.TrackEntry, [
    unsigned(ID.TrackNumber, 1),
    unsigned(ID.TrackUID, 1),
    unsigned(ID.TrackType, TRACK_AUDIO),
    unsigned(ID.FlagLacing, 0),
    text(ID.CodecID, "A_OPUS"),
    element(ID.CodecPrivate, [opusHead(stream)]),
    unsigned(ID.CodecDelay, Math.round((stream.preSkip / SAMPLE_RATE) * 1000 * NS_A_MS)),
    unsigned(ID.SeekPreRoll, SEEK_PRE_ROLL_MS * NS_A_MS),
    unsigned(ID.DefaultDuration, PACKET_MS * NS_A_MS),
    element(ID.Audio, [float(ID.SamplingFrequency, SAMPLE_RATE), unsigned(ID.Channels, stream.channels)]),
  ]);
  return join([head, idBytes(ID.Segment), UNKNOWN_SIZE, info, element(ID.Tracks, [track])]);
}

/**
 * Packets `first` and following. Segments may be appended in any order; each packet carries its place.
 * @param {number} first
 * @param {Uint8Array[]} packets
 */
export function mediaSegment(first, packets) {
  const clusters = [];
  for (let from = 0; from < packets.length; from += PACKETS_A_CLUSTER) {
    const blocks = packets
      .slice(from, from + PACKETS_A_CLUSTER)
      .map((packet, number) => element(ID.SimpleBlock, [blockHead(number * PACKET_MS), packet]));
    clusters.push(element(ID.Cluster, [unsigned(ID.Timestamp, (first + from) * PACKET_MS), ...blocks]));
  }
  return join(clusters);
}

/** @param {number} ms since the cluster's timestamp */
function blockHead(ms) {
  const trackNumber = 0x80 | 1;
  return Uint8Array.of(trackNumber, ms >> 8, ms & 0xff, KEYFRAME);
}

/** The identification header (RFC 7845, section 5.1). @param {import("./containers.js").OpusStream} stream */
function opusHead(stream) {
  const bytes = new Uint8Array(19);
  bytes.set(new TextEncoder().encode("OpusHead"));
  const view = new DataView(bytes.buffer);
  view.setUint8(8, 1);
  view.setUint8(9, stream.channels);
  view.setUint16(10, stream.preSkip, true);
  view.setUint32(12, SAMPLE_RATE, true);
  return bytes;
}

/** A Segment that goes on as long as there is audio (RFC 8794, section 6.2). */
const UNKNOWN_SIZE = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** @param {number} id @param {Uint8Array[]} parts */
function element(id, parts) {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return join([idBytes(id), sizeBytes(size), ...parts]);
}

/** @param {number} id @param {number} value up to 2^53 */
function unsigned(id, value) {
  return element(id, [bigEndian(value)]);
}

/** @param {number} id @param {number} value */
function float(id, value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return element(id, [bytes]);
}

/** @param {number} id @param {string} value */
function text(id, value) {
  return element(id, [new TextEncoder().encode(value)]);
}

/** Element IDs are written as they are: their length is marked in their first bits. @param {number} id */
const idBytes = (id) => bigEndian(id);

/** A size with its own length marked in front (RFC 8794, section 4). @param {number} size */
function sizeBytes(size) {
  let length = 1;
  while (size >= 2 ** (7 * length) - 1) length++; // all bits set would mean an unknown size
  const bytes = bigEndian(size, length);
  bytes[0] |= 0x80 >> (length - 1);
  return bytes;
}

/** @param {number} value @param {number} [length] bytes; as few as it takes when left out */
function bigEndian(value, length = Math.max(1, Math.ceil(Math.log2(value + 1) / 8))) {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
