/**
 * Which lines of a podcast its listener keeps: known here at once, and to the server for their other devices.
 *
 * This browser remembers of each whether the server has had it. What it has had and has no more was taken out on another
 * device; what it has never had is told it when the podcast is opened the next time.
 */

import { recall, remember } from "./memory.js";

/** Of all podcasts together: the oldest go. */
const MOST = 500;

/** @typedef {{id: string, index?: number, start?: number, told?: boolean}} Kept  earlier pages kept `start` in place of `index` */
/** @typedef {import("../episode.js").Episode} Episode */
/** @typedef {import("../production.js").Turn} Turn */

export class KeptMoments {
  #api;
  #places;
  /** What the server had when both were brought together the last time. @type {number[] | null} */
  #met = null;

  /** @param {import("../api.js").Api} api @param {import("./places.js").Places} places */
  constructor(api, places) {
    this.#api = api;
    this.#places = places;
  }

  /** @param {Episode} episode @param {Turn} turn */
  has({ id }, turn) {
    return all().some((kept) => kept.id === id && isOf(kept, turn));
  }

  /** Bring together what is kept here and there, once for each answer of the server. @param {Episode} episode */
  meet({ id, share }) {
    const theirs = id && share === null ? this.#places.momentsOf(id) : null;
    if (!id || !theirs || theirs === this.#met) return;
    this.#met = theirs;
    const ours = all().filter((kept) => kept.id === id);
    const fromElsewhere = theirs.filter((index) => !ours.some((kept) => kept.index === index)).map((index) => ({ id, index, told: true }));
    store([...all().filter((kept) => kept.id !== id || !kept.told || theirs.includes(kept.index ?? -1)), ...fromElsewhere]);
    for (const { index, told } of ours) if (index !== undefined && !told) void this.#tell(id, index);
  }

  /** @param {Episode} episode @param {Turn} turn */
  keep({ id, share }, { index }) {
    if (!id) return;
    store([...all(), { id, index }]);
    if (share === null) void this.#tell(id, index);
  }

  /** Rejects where the server cannot be told; then it is kept still. @param {Episode} episode @param {Turn} turn */
  async forget({ id, share }, turn) {
    const before = all();
    store(before.filter((kept) => kept.id !== id || !isOf(kept, turn)));
    if (!id || share !== null) return;
    try {
      await this.#api.forgetMoment(id, turn.index);
    } catch (error) {
      store(before);
      throw error;
    }
  }

  /** @param {string} id @param {number} index */
  async #tell(id, index) {
    try {
      await this.#api.keepMoment(id, index);
    } catch {
      return; // the next time will do
    }
    store(all().map((kept) => (kept.id === id && kept.index === index ? { ...kept, told: true } : kept)));
  }
}

/** @param {Kept} kept @param {Turn} turn */
const isOf = (kept, turn) => (kept.index === undefined ? kept.start === turn.start : kept.index === turn.index);

/** @returns {Kept[]} */
const all = () => recall("moments", /** @type {Kept[]} */ ([]));

/** @param {Kept[]} kept */
const store = (kept) => remember("moments", kept.slice(-MOST));
