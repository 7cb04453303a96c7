/**
 * The WebSocket wire between the streamer and this page: binary audio messages and JSON control messages.
 *
 * A binary message is one or more complete Opus packets of 20 ms, all integers big-endian:
 *
 *     u32  number of the first packet        u16  how many packets follow
 *     u16 length, for each packet            the packets, one after the other
 *
 * Packet N plays at N x 20 ms from the start of the podcast: this is the clock, and the position to resume at.
 */

import { FRAMING, PACKET_MS, SAMPLE_RATE } from "../contract.js";

export const PACKET_SAMPLES = (SAMPLE_RATE * PACKET_MS) / 1000;

const HEAD_BYTES = 6;

/**
 * @typedef {object} StreamMetadata
 * @property {"stream_metadata"} type
 * @property {"opus"} codec
 * @property {number} sampleRate  Hz
 * @property {number} channels
 * @property {number} frameMs
 * @property {number} preSkip  samples of 48 kHz to drop at the start (RFC 7845, section 4.2)
 * @property {string} framing
 * @property {string} workflowId
 * @property {string} title
 * @property {string} resumeToken  good for one reconnection; the next metadata brings another
 */
/**
 * @typedef {object} Segment  one spoken turn
 * @property {"segment"} type
 * @property {number} index
 * @property {string} kind  "cold_open", "turn" or "close"
 * @property {string} speaker
 * @property {string} text
 * @property {string} chapter  title of the chapter it belongs to, "" for none
 * @property {number} firstPacket
 * @property {number} packets
 * @property {unknown} [source]
 */
/**
 * @typedef {object} Progress
 * @property {"progress"} type
 * @property {string} stage
 * @property {string} state
 * @property {string} [detail]
 */
/** @typedef {{type: "keepalive"}} Keepalive */
/** @typedef {{type: "stream_end", packets: number}} StreamEnd */
/** @typedef {{type: "error", code: import("../api_types.js").ErrorCode, message: string, retryable: boolean}} ErrorMessage */
/** @typedef {StreamMetadata | Segment | Progress | Keepalive | StreamEnd | ErrorMessage} ServerMessage */

/**
 * @typedef {object} ClientMetrics  what the page tells of itself; times in ms
 * @property {number} played_ms  where on the podcast's clock it is
 * @property {number} buffered_ms  these two as it is; all others are counted
 * @property {number} stalls
 * @property {number} stalled_ms
 * @property {number} decode_errors
 * @property {number} reconnects
 * @property {number} dropped_messages
 * @property {number} [first_audio_ms]
 */

/** A message that is not of this wire. `code` is stable. */
export class WireError extends Error {
  /** @param {string} code @param {string} detail */
  constructor(code, detail) {
    super(detail);
    this.name = "WireError";
    this.code = code;
  }
}

/**
 * The number of the first packet, and the packets, as views into `message`.
 * @param {ArrayBuffer} message
 * @returns {{first: number, packets: Uint8Array<ArrayBuffer>[]}}
 * @throws {WireError} unless the message is exactly well formed
 */
export function unpackPackets(message) {
  const view = new DataView(message);
  if (view.byteLength < HEAD_BYTES) throw new WireError("message_short", "the message ends within its header");
  const first = view.getUint32(0);
  const count = view.getUint16(4);
  let at = HEAD_BYTES + 2 * count;
  if (count === 0 || view.byteLength < at) {
    throw new WireError("message_short", "the message ends within its packet lengths");
  }
  const packets = [];
  for (let number = 0; number < count; number++) {
    const length = view.getUint16(HEAD_BYTES + 2 * number);
    if (length === 0 || at + length > view.byteLength) {
      throw new WireError("message_length", "the packets do not add up to the message");
    }
    packets.push(new Uint8Array(message, at, length));
    at += length;
  }
  if (at !== view.byteLength) throw new WireError("message_length", "the packets do not add up to the message");
  return { first, packets };
}

/** What each message of the server must have, by type. @type {Record<string, Record<string, string>>} */
const FIELDS = {
  stream_metadata: { preSkip: "number", resumeToken: "string", title: "string", framing: "string" },
  segment: { index: "number", speaker: "string", text: "string", firstPacket: "number", packets: "number" },
  progress: { stage: "string", state: "string" },
  keepalive: {},
  stream_end: { packets: "number" },
  error: { code: "string", message: "string" },
};

/**
 * Read one text message of the server. A type this page does not know yet is null, and to be passed over.
 * @param {string} text
 * @returns {ServerMessage | null}
 * @throws {WireError}
 */
export function parseControl(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new WireError("message_malformed", "the message is not JSON");
  }
  if (typeof body !== "object" || body === null || typeof body.type !== "string") {
    throw new WireError("message_malformed", "the message has no type");
  }
  if (!Object.hasOwn(FIELDS, body.type)) return null;
  for (const [name, type] of Object.entries(FIELDS[body.type])) {
    if (typeof body[name] !== type) throw new WireError("field_invalid", `${body.type}.${name} is not a ${type}`);
  }
  if (body.type === "stream_metadata" && (body.codec !== "opus" || body.framing !== FRAMING)) {
    throw new WireError("framing_unknown", `this page reads ${FRAMING}, not ${body.framing}`);
  }
  return body;
}

/** @param {string} streamId @param {number} nextPacket @param {number} windowMs */
export function start(streamId, nextPacket, windowMs) {
  return JSON.stringify({ type: "start", stream_id: streamId, next_packet: nextPacket, window_ms: windowMs });
}

/** @param {string} resumeToken @param {number} nextPacket @param {number} windowMs */
export function resume(resumeToken, nextPacket, windowMs) {
  return JSON.stringify({ type: "resume", resume_token: resumeToken, next_packet: nextPacket, window_ms: windowMs });
}

export const pauseRequest = () => JSON.stringify({ type: "pause_request" });
export const resumeRequest = () => JSON.stringify({ type: "resume_request" });

/**
 * How it is and, of what is counted, what has come since the server was last told: nothing, nearly always.
 * @param {ClientMetrics} values
 * @param {Partial<ClientMetrics>} told
 */
export function clientMetrics({ played_ms, buffered_ms, ...counted }, told) {
  const since = Object.entries(counted).map(([name, value]) => [name, value - (/** @type {any} */ (told)[name] ?? 0)]);
  const news = Object.fromEntries(since.filter(([, more]) => Number(more) > 0));
  return JSON.stringify({ type: "client_metrics", played_ms, buffered_ms, ...news });
}
