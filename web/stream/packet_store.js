/**
 * Every packet of a podcast that has arrived, in order and without gaps.
 *
 * An hour of speech is about 15 MB, so all of it is kept: whatever the browser evicts from its own buffer is put back
 * from here, and going back in a podcast never asks the network.
 */

import { PACKET_MS } from "../contract.js";
import { WireError } from "./wire.js";

export class PacketStore {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #packets = [];
  /** Bytes of audio received. */
  bytes = 0;

  /** Number of the first packet that has not arrived. */
  get end() {
    return this.#packets.length;
  }

  get endMs() {
    return this.end * PACKET_MS;
  }

  /**
   * Take the packets of one message; those that are here already are left out.
   * @param {number} first
   * @param {Uint8Array<ArrayBuffer>[]} packets
   * @returns {number} how many were new
   * @throws {WireError} where the message leaves a gap
   */
  add(first, packets) {
    if (first > this.end) throw new WireError("packet_gap", `packet ${first} came where ${this.end} was due`);
    const fresh = packets.slice(this.end - first);
    for (const packet of fresh) {
      this.#packets.push(packet);
      this.bytes += packet.length;
    }
    return fresh.length;
  }

  /** Packets `from` to `to`, without `to`. @param {number} from @param {number} to */
  slice(from, to) {
    return this.#packets.slice(from, to);
  }

  /**
   * How loud packets `from` to `to` are, roughly: 0 to 1. A variable-rate encoder spends bytes where there is sound, so
   * a packet's size draws the picture that decoding it would.
   * @param {number} from @param {number} to
   */
  level(from, to) {
    const end = Math.min(Math.max(to, from + 1), this.end);
    let bytes = 0;
    for (let number = from; number < end; number++) bytes += this.#packets[number].length;
    return end > from ? Math.min(1, bytes / (end - from) / LOUD_BYTES) : 0;
  }
}

/** The size of a packet of loud speech at the bit rates in use (24 to 40 kbit/s). */
const LOUD_BYTES = 110;
