/** Sound that stops by itself: after some minutes, or with the chapter, for who falls asleep over it. */

import { byId } from "./dom.js";

const MINUTE_MS = 60_000;
/** So soon before a chapter's end it is over; the next turn is not to begin. */
const END_S = 0.3;

export class SleepTimer {
  #select = byId("sleep", HTMLSelectElement);
  #pause;
  #chapterEnd;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Seconds into the podcast. @type {number | null} */
  #stopsAt = null;

  /**
   * @param {object} of
   * @param {() => void} of.pause
   * @param {() => number} of.chapterEnd  where the chapter that is heard ends, in seconds
   */
  constructor({ pause, chapterEnd }) {
    this.#pause = pause;
    this.#chapterEnd = chapterEnd;
    this.#select.addEventListener("change", () => this.#set());
  }

  /** What plays is another podcast now: its chapters are others. */
  forgetChapter() {
    if (this.#stopsAt !== null) this.#clear();
  }

  /** @param {number} position in seconds */
  follow(position) {
    if (this.#stopsAt !== null && position >= this.#stopsAt - END_S) this.#stop();
  }

  #set() {
    const chosen = this.#select.value;
    clearTimeout(this.#timer);
    this.#stopsAt = chosen === "chapter" ? this.#chapterEnd() : null;
    if (Number(chosen)) this.#timer = setTimeout(() => this.#stop(), Number(chosen) * MINUTE_MS);
  }

  #stop() {
    this.#clear();
    this.#pause();
  }

  #clear() {
    clearTimeout(this.#timer);
    this.#stopsAt = null;
    this.#select.value = "";
  }
}
