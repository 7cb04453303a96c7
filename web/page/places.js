/**
 * Where the listener has come to in each podcast: kept by this browser at once, and now and then by the server, for their
 * other devices. Each telling is a write there.
 *
 * Clocks of devices differ, and none is asked which of two places is the newer. This browser remembers what the server had
 * last: where the server says otherwise, another device has been there since.
 */

import { recall, remember } from "./memory.js";

const MOST = 50;
const TELL_EVERY_MS = 60_000;
/** Who has moved less has not moved. */
const MOVED_S = 2;

/** @typedef {{at: number, told: number}} Place  seconds into the podcast: here, and as the server had it last */

export class Places {
  #api;
  #toldAt = -Infinity;
  /** @type {Promise<void> | null} */
  #telling = null;
  /** By podcast: the lines that the server keeps, by their index. @type {Map<string, number[]>} */
  #moments = new Map();

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.#api = api;
  }

  /** Where to go on, in seconds, be it on another device that they were last; never rejects. @param {string} id */
  async find(id) {
    await this.#telling; // or the server would be asked for what it is just being told
    try {
      const { position_ms, moments } = await this.#api.place(id);
      this.#moments.set(id, moments);
      const at = this.which(id, position_ms);
      write(id, { at, told: Math.floor(position_ms / 1000) });
      return at;
    } catch {
      return this.here(id); // the net may be away, and what is kept here is not
    }
  }

  /** What it kept of a podcast when it was asked for the place; null where that was not. @param {string} id */
  momentsOf(id) {
    return this.#moments.get(id) ?? null;
  }

  /** As this browser alone knows it, in seconds. @param {string} id */
  here(id) {
    return read(id).at;
  }

  /** Which it is, in seconds, where the server has this one. @param {string} id @param {number} thereMs */
  which(id, thereMs) {
    const there = Math.floor(thereMs / 1000);
    const { at, told } = read(id);
    return there === told ? at : there;
  }

  /**
   * The listener has come there.
   * @param {string} id
   * @param {number} at  seconds
   * @param {boolean} own  rather than somebody else's, of which the server keeps no place
   */
  note(id, at, own) {
    write(id, { at, told: read(id).told });
    if (own && performance.now() - this.#toldAt > TELL_EVERY_MS) void this.tell(id);
  }

  /** Tell the server now: the sound has stopped, or the page is left. @param {string} id */
  async tell(id) {
    const { at, told } = read(id);
    if (this.#telling || Math.abs(at - told) < MOVED_S) return;
    this.#toldAt = performance.now();
    this.#telling = this.#api.keepPlace(id, at * 1000).then(
      () => write(id, { at: read(id).at, told: at }),
      () => {}, // the next time will do
    );
    await this.#telling;
    this.#telling = null;
  }
}

/** @returns {Record<string, Place | number>} numbers alone, as earlier pages kept them, were told to nobody */
const all = () => recall("positions", /** @type {Record<string, Place | number>} */ ({}));

/** @param {string} id @returns {Place} */
function read(id) {
  const kept = all()[id] ?? 0;
  return typeof kept === "number" ? { at: kept, told: 0 } : kept;
}

/** @param {string} id @param {Place} place */
function write(id, place) {
  const { [id]: _, ...others } = all();
  remember("positions", Object.fromEntries([...Object.entries(others), [id, place]].slice(-MOST)));
}
