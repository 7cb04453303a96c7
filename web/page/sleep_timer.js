/** Sound that stops by itself: after some minutes, or with the chapter, for who falls asleep over it. */

import { byId } from "./dom.js";

const MINUTE_MS = 60_000;
/** So soon before a chapter's end it is over; the next turn is not to begin. */
const END_S = 0.3;
/** So far behind it nobody has merely listened on. */
const JUMP_S = 5;

export class SleepTimer {
  #select = byId("sleep", HTMLSelectElement);
  #pause;
  #position;
  #chapterEnd;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Where it was when its chapter was to be the last, in seconds: of one that is being made, nobody knows yet where that ends. @type {number | null} */
  #from = null;

  /**
   * @param {object} of
   * @param {() => void} of.pause
   * @param {() => number} of.position  where it is, in seconds
   * @param {(position: number) => number} of.chapterEnd  where the chapter of a position ends, as far as is known; both in seconds
   */
  constructor({ pause, position, chapterEnd }) {
    this.#pause = pause;
    this.#position = position;
    this.#chapterEnd = chapterEnd;
    this.#select.addEventListener("change", () => this.#set());
  }

  /** What plays is another podcast now: its chapters are others. */
  forgetChapter() {
    if (this.#from !== null) this.#clear();
  }

  /** It has come to its end: whether nothing is to follow, for its last chapter was to be the last. */
  stopsHere() {
    const stops = this.#from !== null;
    this.forgetChapter();
    return stops;
  }

  /** @param {number} position in seconds */
  follow(position) {
    if (this.#from === null) return;
    const end = this.#chapterEnd(this.#from);
    if (position > end + JUMP_S) this.#from = position; // its listener went there: this chapter, then
    else if (position >= end - END_S) this.#stop();
  }

  #set() {
    const chosen = this.#select.value;
    clearTimeout(this.#timer);
    this.#from = chosen === "chapter" ? this.#position() : null;
    if (Number(chosen)) this.#timer = setTimeout(() => this.#stop(), Number(chosen) * MINUTE_MS);
  }

  #stop() {
    this.#clear();
    this.#pause();
  }

  #clear() {
    clearTimeout(this.#timer);
    this.#from = null;
    this.#select.value = "";
  }
}
