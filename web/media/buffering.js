/**
 * When to start, when to hold on, how much to keep: the decisions about the buffer, without a browser in them.
 *
 * Times are in ms of wall clock or of audio, positions in seconds of the media timeline, as `buffered` has them.
 */

/** How much audio must be there to start where packets come faster than they are played, and where they do not. */
export const QUICK_START_MS = 1_000;
export const SLOW_START_MS = 5_000;
/** The rolling target ahead of the listener: filled up to the second when it falls under the first. */
export const LOW_WATER_S = 5;
export const HIGH_WATER_S = 15;
/** How far back one can go without putting packets into the browser's buffer again. */
export const SEEK_BACK_S = 300;
/** Played audio is taken out in pieces of this length. */
const EVICT_AT_LEAST_S = 30;
/** As much stays behind the listener even when the browser's quota is used up. */
const SEEK_BACK_UNDER_QUOTA_S = 20;
/** An audio element stops a little before the end of what it has: this much, or, once it says so itself, up to that. */
const DRY_MS = 80;
const STARVED_MS = 500;

/** @typedef {{start: number, end: number}} Range  seconds */

/** Whether sound is wanted, and there is none. @param {import("./player.js").PlayerState} state */
export const isDry = (state) => state === "starting" || state === "buffering";

/** How much audio arrives in a second: 1 is real time. Measured over the last few seconds. */
export class ArrivalRate {
  /** @type {{at: number, audioMs: number}[]} */
  #arrivals = [];
  /** @type {number | null} */
  #since = null;

  /** @param {number} [spanMs] over which to measure */
  constructor(spanMs = 8_000) {
    this.spanMs = spanMs;
  }

  /** @param {number} now @param {number} audioMs that came in */
  note(now, audioMs) {
    this.#since ??= now;
    this.#arrivals.push({ at: now, audioMs });
  }

  /** Nothing is expected while the server is asked to hold back: begin anew. */
  reset() {
    this.#arrivals = [];
    this.#since = null;
  }

  /** @param {number} now */
  at(now) {
    if (this.#since === null) return 0;
    const from = Math.max(this.#since, now - this.spanMs);
    while (this.#arrivals.length && this.#arrivals[0].at < from) this.#arrivals.shift();
    const audioMs = this.#arrivals.reduce((sum, arrival) => sum + arrival.audioMs, 0);
    return audioMs / Math.max(250, now - from); // a shorter measurement would say more than it knows
  }
}

/**
 * How much audio to wait for: 1 s where it arrives half again as fast as it is played, 5 s where it does not keep up.
 * @param {number} rate  arrival rate over playback rate
 * @param {number} stalls  how often playback ran dry: each time makes more careful
 */
export function startThresholdMs(rate, stalls) {
  const slowness = Math.min(1, Math.max(0, (1.5 - rate) / 0.5));
  const careful = QUICK_START_MS * 2 ** stalls;
  return Math.min(SLOW_START_MS, Math.max(careful, QUICK_START_MS + slowness * (SLOW_START_MS - QUICK_START_MS)));
}

/**
 * How fast to play what is still being made. Who listens faster than it is made is slowed down before they run dry, as
 * little as that takes: a steady voice is better than one that stops and starts.
 * @param {number} rate  that was chosen
 * @param {number} aheadMs  audio that is there ahead of the listener
 * @param {number} arriving  how much audio arrives in a second
 */
export function gentleRate(rate, aheadMs, arriving) {
  if (rate <= 1) return rate;
  if (aheadMs < EASY_FROM_MS) return arriving > rate ? rate : 1;
  const kept = Math.max(1, Math.min(rate, arriving)); // so fast it can be played on and on
  const ease = Math.min(1, (aheadMs - EASY_FROM_MS) / (EASY_TO_MS - EASY_FROM_MS));
  return Math.round((kept + (rate - kept) * ease) * RATE_STEPS) / RATE_STEPS;
}

/** With so much ahead one plays at the lowest rate that keeps up, and at the chosen one. */
const EASY_FROM_MS = 1_000;
const EASY_TO_MS = 10_000;
/** Steps of 0.05: a change that small is not heard. */
const RATE_STEPS = 20;

/**
 * The gate between what has arrived and what is played. Closed at first; opens once enough is there, closes again when
 * playback has run dry.
 */
export class Gate {
  open = false;
  stalls = 0;
  stalledMs = 0;
  /** @type {number | null} */
  #closedAt = null;

  /**
   * @param {object} now
   * @param {number} now.at  wall clock
   * @param {number} now.aheadMs  audio that is there ahead of the listener
   * @param {number} now.rate  arrival rate over playback rate
   * @param {boolean} now.complete  nothing more will come
   * @param {boolean} now.playing  the listener wants to hear it, so running dry is a stall
   * @param {boolean} [now.starved]  the element waits for more where it is
   * @returns {boolean} whether it is open
   */
  update({ at, aheadMs, rate, complete, playing, starved = false }) {
    if (this.open) {
      if (!complete && playing && aheadMs <= (starved ? STARVED_MS : DRY_MS)) {
        this.open = false;
        this.stalls++;
        this.#closedAt = at;
      }
    } else if (complete || aheadMs >= startThresholdMs(rate, this.stalls)) {
      this.open = true;
      if (this.#closedAt !== null) this.stalledMs += at - this.#closedAt;
      this.#closedAt = null;
    }
    return this.open;
  }
}

/**
 * Which packets to append next, `to` excluded: null while enough is buffered or nothing more is there.
 * @param {object} state
 * @param {Range[]} state.buffered
 * @param {number} state.position  of the listener, in seconds
 * @param {number} state.available  number of the first packet that is not there
 * @param {number} state.packetS  length of a packet, in seconds
 * @param {number} state.rate  playback rate: at double speed twice as much is a target
 * @returns {{from: number, to: number} | null}
 */
export function nextAppend({ buffered, position, available, packetS, rate }) {
  const slack = packetS / 2;
  const here = buffered.find(({ start, end }) => start - slack <= position && position < end + slack);
  const speed = Math.max(1, rate);
  const aheadS = here ? here.end - position : 0;
  if (aheadS >= LOW_WATER_S * speed) return null;
  const from = Math.max(0, here ? Math.round(here.end / packetS) : Math.floor(position / packetS) - PRE_ROLL_PACKETS);
  const wanted = Math.ceil((position + HIGH_WATER_S * speed) / packetS);
  const next = buffered.find(({ start }) => start > position && Math.round(start / packetS) > from);
  const to = Math.min(available, wanted, next ? Math.round(next.start / packetS) : Infinity);
  return to > from ? { from, to } : null;
}

/** A decoder that starts in the middle needs 80 ms to settle (RFC 7845, section 4.6). */
const PRE_ROLL_PACKETS = 4;

/**
 * What was played long ago and may go; null while there is little of it.
 * @param {Range[]} buffered
 * @param {number} position
 * @param {boolean} overQuota  the browser has refused to take more
 * @returns {Range | null}
 */
export function nextEviction(buffered, position, overQuota) {
  const first = buffered[0];
  const last = buffered.at(-1);
  if (!first || !last) return null;
  const keepFrom = position - (overQuota ? SEEK_BACK_UNDER_QUOTA_S : SEEK_BACK_S);
  if (keepFrom - first.start >= (overQuota ? 1 : EVICT_AT_LEAST_S)) return { start: 0, end: keepFrom };
  const keepTo = position + HIGH_WATER_S * 2;
  if (overQuota && last.end - keepTo >= 1) return { start: keepTo, end: Infinity };
  return null;
}

/** @param {TimeRanges} ranges @returns {Range[]} */
export function listRanges(ranges) {
  return Array.from({ length: ranges.length }, (_, at) => ({ start: ranges.start(at), end: ranges.end(at) }));
}
