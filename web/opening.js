/**
 * The opening of the next podcast, fetched before anybody asks for one: it is played in the click, and the podcast's
 * stream goes on at the packet after it. Those that were fetched last are kept for the next visit, which may come to
 * services that take seconds to start. A first visit gets that of the usual choices from where the page comes from, too.
 */

import { recall, remember } from "./page/memory.js";
import { unpackPackets } from "./stream/wire.js";

const KEPT = "openings";
/** About 25 kB each. */
const MOST_KEPT = 3;

/** Choices that change at every key are settled after so long. */
const SETTLED_MS = 400;

/** @typedef {import("./api_types.js").OpeningRequest} Choices  all that an opening depends on */
/**
 * @typedef {object} Opening
 * @property {string} digest  the same in the answer to a request: the podcast begins with these very packets
 * @property {Uint8Array<ArrayBuffer>[]} packets
 * @property {number} preSkip
 * @property {import("./api_types.js").OpeningSegment[]} segments
 */

/**
 * What an opening depends on, of a request for a podcast.
 * @param {import("./api_types.js").GenerateRequest} request
 * @returns {Choices | null}  null where it has no greeting, or is not to be heard yet
 */
export function choicesOf({ script, draft, language, style, hosts, speech_engine, pronunciations, show }) {
  if (script || draft) return null;
  const choices = { language, style, hosts, speech_engine, pronunciations, show };
  return JSON.parse(JSON.stringify(choices)); // without what is not given
}

export class Openings {
  #fetch;
  #usual;
  #key = "";
  #isFetched = false;
  /** @type {Opening | null} */
  #opening = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;

  /**
   * @param {(choices: Choices) => Promise<import("./api_types.js").KeptOpening>} fetch
   * @param {() => Promise<{choices: Choices} & import("./api_types.js").KeptOpening>} [usual]  of the usual choices, and these: sooner than any other
   */
  constructor(fetch, usual = () => Promise.reject(new Error("nobody has it"))) {
    this.#fetch = fetch;
    this.#usual = usual;
  }

  /** Have the opening of these choices at hand, unless it is. Where it cannot be had, the stream brings it. @param {Choices} choices */
  async prepare(choices) {
    clearTimeout(this.#soon);
    const key = JSON.stringify(choices);
    if (key === this.#key && this.#isFetched && this.#opening) return;
    this.#key = key;
    this.#isFetched = false;
    this.#opening = recalled(key);
    if (!this.#opening) void this.#takeUsual(key);
    try {
      const { opening } = await this.#fetch(choices);
      keep(key, opening);
      if (key !== this.#key) return;
      this.#isFetched = true;
      this.#opening = opening && readOpening(opening);
    } catch {
      // Nobody waits for it
    }
  }

  /** What there is of the usual choices, until the answer for these is there. @param {string} key */
  async #takeUsual(key) {
    try {
      const asking = this.#usual();
      this.#usual = () => asking;
      const { choices, opening } = await asking;
      if (key !== this.#key || this.#isFetched || JSON.stringify(choices) !== key) return;
      this.#opening = opening && readOpening(opening);
    } catch {
      // Nobody waits for it
    }
  }

  /** Likewise, once the choices have settled. @param {Choices} choices */
  prepareSoon(choices) {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.prepare(choices), SETTLED_MS);
  }

  /** The opening that this request would begin with, as far as is known. @param {import("./api_types.js").GenerateRequest} request */
  of(request) {
    return JSON.stringify(choicesOf(request)) === this.#key ? this.#opening : null;
  }
}

/** @returns {Record<string, import("./api_types.js").Opening>} */
const kept = () => recall(KEPT, {});

/** @param {string} key @returns {Opening | null} */
function recalled(key) {
  try {
    const opening = kept()[key];
    return opening ? readOpening(opening) : null;
  } catch {
    return null; // of another version
  }
}

/** @param {string} key @param {import("./api_types.js").Opening | null} opening */
function keep(key, opening) {
  const others = Object.entries(kept()).filter(([name]) => name !== key);
  const all = opening ? [...others, [key, opening]] : others;
  remember(KEPT, Object.fromEntries(all.slice(-MOST_KEPT)));
}

/** @param {import("./api_types.js").Opening} opening @returns {Opening} */
export function readOpening({ digest, pre_skip: preSkip, segments, sound }) {
  const bytes = Uint8Array.from(atob(sound), (character) => character.charCodeAt(0));
  return { digest, preSkip, segments, packets: unpackPackets(bytes.buffer).packets };
}
