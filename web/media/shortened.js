/**
 * A podcast without most of its long pauses: packets of silence are left out before they reach the element.
 *
 * So nothing is sped up or jumped over while it plays, in the background as little as in front, and it costs no decoding:
 * in the variable bit rate of common/opus.py a packet of silence is about 40 bytes long, one of speech 75 to 95. What is
 * left out changes the clock: `played` seconds of the element are `whole` seconds of the podcast.
 */

import { PACKET_MS } from "../contract.js";

/** Packets of silence are smaller. Sound so quiet is below -50 dBFS where many of them follow each other. */
const QUIET_BYTES = 56;
/** So much of a pause stays after what was said, and before what is said next: in packets, together 160 ms. */
const STAYS = 4;
/** Less than this many packets are not worth a cut: 120 ms. */
const LEAST_CUT = 6;

export class Shortened {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #packets = [];
  /** Where in these something is left out, and how many packets have been by then. @type {{at: number, before: number}[]} */
  #cuts = [];
  /** How many packets of the whole have been looked at. */
  #seen = 0;
  /** Packets of a pause that has not ended yet. @type {Uint8Array<ArrayBuffer>[]} */
  #pause = [];
  #store;

  /** @param {import("../stream/packet_store.js").PacketStore} store  of the whole */
  constructor(store) {
    this.#store = store;
    this.take();
  }

  /** Take what has come into the store. @returns {number} packets that are there to be played now, in addition */
  take() {
    const before = this.end;
    for (const packet of this.#store.slice(this.#seen, this.#store.end)) {
      if (packet.length < QUIET_BYTES) this.#pause.push(packet);
      else {
        this.#endPause();
        this.#packets.push(packet);
      }
    }
    this.#seen = this.#store.end;
    return this.end - before;
  }

  /** Nothing more will come. */
  complete() {
    this.take();
    this.#endPause();
  }

  /** Number of the first packet that is not there to be played. */
  get end() {
    return this.#packets.length;
  }

  get endMs() {
    return this.end * PACKET_MS;
  }

  /** @param {number} from @param {number} to */
  slice(from, to) {
    return this.#packets.slice(from, to);
  }

  /** Where in the podcast the element is. @param {number} played  seconds @returns {number} seconds */
  whole(played) {
    const cut = this.#cuts.findLast(({ at }) => at * PACKET_MS <= played * 1000);
    return played + ((cut?.before ?? 0) * PACKET_MS) / 1000;
  }

  /** Where the element is to be for a place in the podcast; behind a cut for what was left out. @param {number} whole  seconds @returns {number} seconds */
  played(whole) {
    const cut = this.#cuts.findLast(({ at }, number) => (at + (this.#cuts[number - 1]?.before ?? 0)) * PACKET_MS <= whole * 1000);
    if (!cut) return whole;
    return Math.max((cut.at * PACKET_MS) / 1000, whole - (cut.before * PACKET_MS) / 1000);
  }

  #endPause() {
    const cut = this.#pause.length - 2 * STAYS;
    const kept = cut < LEAST_CUT ? this.#pause : [...this.#pause.slice(0, STAYS), ...this.#pause.slice(-STAYS)];
    if (cut >= LEAST_CUT) this.#cuts.push({ at: this.end + STAYS, before: (this.#cuts.at(-1)?.before ?? 0) + cut });
    this.#packets.push(...kept);
    this.#pause = [];
  }
}
