/**
 * Feeds an audio element from a PacketStore through one SourceBuffer (https://www.w3.org/TR/media-source-2/).
 *
 * It keeps no position of its own: what to append or remove follows each time from what is buffered, where the listener
 * is, and what has arrived. So a browser may evict, a listener may jump, and it mends itself.
 *
 * The gate holds packets back until there is enough to play. The element is left "playing" meanwhile: it starts, and
 * starts again after running dry, by itself the moment it is fed, and never needs another click to be allowed to.
 */

import { PACKET_MS } from "../contract.js";
import { ArrivalRate, Gate, gentleRate, listRanges, nextAppend, nextEviction } from "./buffering.js";

const PACKET_S = PACKET_MS / 1000;
/** At most this much in one append, so that none blocks for long: 10 s. */
const PACKETS_AN_APPEND = 500;
const TICK_MS = 250;

export class StreamSource {
  gate = new Gate();
  arrivals = new ArrivalRate();
  /** What the browser refused as too much; each time something is evicted. */
  quotaErrors = 0;
  /** @type {MediaSource} */
  #media;
  /** @type {SourceBuffer | null} */
  #buffer = null;
  /** @type {import("./containers.js").OpusStream | null} */
  #format = null;
  #hasInit = false;
  #complete = false;
  #rate = 1;
  #overQuota = false;
  /** iPhones say when they want to be fed; everyone else always does. */
  #wanted = true;
  /** @type {number | null} Where to jump to once it is buffered, in seconds. */
  #jump = null;
  /** @type {ReturnType<typeof setInterval>} */
  #timer;
  #url;
  #done = new AbortController();

  /**
   * @param {object} given
   * @param {HTMLAudioElement} given.audio
   * @param {Pick<import("../stream/packet_store.js").PacketStore, "end" | "endMs" | "slice">} given.store
   * @param {import("./containers.js").Container} given.container
   * @param {import("./containers.js").MediaSourceClass} given.MediaSource
   * @param {() => void} given.onchange  the gate has opened or closed
   * @param {number} [given.from]  position to begin at, in seconds
   */
  constructor({ audio, store, container, MediaSource, onchange, from = 0 }) {
    this.audio = audio;
    this.store = store;
    this.container = container;
    this.onchange = onchange;
    this.#jump = from || null;
    const media = (this.#media = new MediaSource());
    const signal = this.#done.signal;
    media.addEventListener("sourceopen", () => this.#opened(), { signal });
    media.addEventListener("startstreaming", () => this.#want(true), { signal });
    media.addEventListener("endstreaming", () => this.#want(false), { signal });
    audio.addEventListener("timeupdate", () => this.pump(), { signal });
    audio.addEventListener("waiting", () => this.pump(), { signal });
    this.#timer = setInterval(() => this.pump(), TICK_MS);
    audio.disableRemotePlayback = true; // ManagedMediaSource opens only then
    audio.src = this.#url = URL.createObjectURL(media);
  }

  /** Give the element back. */
  close() {
    clearInterval(this.#timer);
    this.#done.abort();
    URL.revokeObjectURL(this.#url);
  }

  /** @param {import("./containers.js").OpusStream} format */
  setFormat(format) {
    this.#format ??= format;
    this.pump();
  }

  /** @param {number} now @param {number} packets that have just come into the store */
  arrived(now, packets) {
    this.arrivals.note(now, packets * PACKET_MS);
    this.pump();
  }

  /** The store has the whole podcast. */
  complete() {
    this.#complete = true;
    if (this.#jump !== null) this.#jump = Math.max(0, Math.min(this.#jump, this.store.endMs / 1000 - PACKET_S));
    this.pump();
  }

  /** As the listener has chosen it. @param {number} rate */
  set rate(rate) {
    this.#rate = rate;
    this.#pace();
  }

  /** Where the listener is, or is about to be, in seconds. */
  get position() {
    return this.#jump ?? this.audio.currentTime;
  }

  /** Audio that is there ahead of the listener, in ms. */
  get aheadMs() {
    return Math.max(0, this.store.endMs - this.position * 1000);
  }

  /** Go to a position within the store, in seconds. It is fed first, for an element only seeks within what it has. */
  seek(/** @type {number} */ position) {
    this.#jump = position;
    this.pump();
  }

  pump() {
    this.#updateGate();
    this.#pace();
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#media.readyState === "closed" || this.audio.error) return;
    if (!this.#hasInit) {
      if (this.#format && this.gate.open) {
        this.#hasInit = true;
        this.#append(buffer, this.container.initSegment(this.#format));
      }
      return;
    }
    const buffered = listRanges(buffer.buffered);
    if (this.#jump !== null && covers(buffered, this.#jump)) {
      this.audio.currentTime = this.#jump;
      this.#jump = null;
    }
    const eviction = nextEviction(buffered, this.position, this.#overQuota);
    if (eviction) {
      this.#overQuota = false;
      buffer.remove(eviction.start, eviction.end);
      return;
    }
    if (!this.gate.open || !this.#wanted) return;
    const next = nextAppend({
      buffered,
      position: this.position,
      available: this.store.end,
      packetS: PACKET_S,
      rate: this.audio.playbackRate,
    });
    if (next) {
      const to = Math.min(next.to, next.from + PACKETS_AN_APPEND);
      this.#append(buffer, this.container.mediaSegment(next.from, this.store.slice(next.from, to)));
    } else if (this.#complete && this.#media.readyState === "open" && this.#reachesEnd(buffered)) {
      this.#media.endOfStream();
    }
  }

  #pace() {
    const arriving = this.arrivals.at(performance.now());
    const rate = this.#complete ? this.#rate : gentleRate(this.#rate, this.aheadMs, arriving);
    if (this.audio.playbackRate !== rate) this.audio.playbackRate = rate;
  }

  #updateGate() {
    const now = performance.now();
    const before = this.gate.open;
    const open = this.gate.update({
      at: now,
      aheadMs: this.aheadMs,
      rate: this.arrivals.at(now) / this.audio.playbackRate,
      complete: this.#complete,
      playing: !this.audio.paused,
      starved: this.#starved,
    });
    if (open !== before) this.onchange();
  }

  /** Whether the element has nothing to play on with where it is; not while it is on its way somewhere else. */
  get #starved() {
    const { readyState, seeking } = this.audio;
    return readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !seeking && this.#jump === null;
  }

  #opened() {
    if (this.#buffer) return; // appending to an ended source opens it again
    this.#buffer = this.#media.addSourceBuffer(this.container.type);
    this.#buffer.addEventListener("updateend", () => this.pump(), { signal: this.#done.signal });
    this.pump();
  }

  /** @param {boolean} wanted */
  #want(wanted) {
    this.#wanted = wanted;
    this.pump();
  }

  /** @param {SourceBuffer} buffer @param {Uint8Array<ArrayBuffer>} bytes */
  #append(buffer, bytes) {
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      this.quotaErrors++;
      this.#overQuota = true; // the next tick evicts, and appends again
    }
  }

  /** @param {import("./buffering.js").Range[]} buffered */
  #reachesEnd(buffered) {
    const end = buffered.at(-1)?.end ?? 0;
    return end >= this.store.end * PACKET_S - PACKET_S;
  }
}

/** @param {import("./buffering.js").Range[]} buffered @param {number} position */
const covers = (buffered, position) => buffered.some(({ start, end }) => start <= position && position < end);
