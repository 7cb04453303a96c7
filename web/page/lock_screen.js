/**
 * What plays, and its controls, on the lock screen, in the car, on the keys of headphones: wherever the system shows it.
 *
 * https://www.w3.org/TR/mediasession/
 */

/**
 * @typedef {object} Controls  seconds are what the system asks for, where it does
 * @property {() => void} play
 * @property {() => void} pause
 * @property {(seconds?: number) => void} back
 * @property {(seconds?: number) => void} forward
 * @property {(position: number) => void} seek
 * @property {(way: 1 | -1) => void} changeChapter
 */
/**
 * @typedef {object} Playing
 * @property {string} title
 * @property {{title: string, start: number}[]} chapters
 * @property {string} [cover]  address of its picture, once there is one
 * @property {boolean} playing
 * @property {number} position  seconds
 * @property {number} duration
 * @property {number} rate
 */

/** So far it may be off before it is told. */
const OFF_S = 1;
const ICON = { src: "icon.svg", sizes: "512x512", type: "image/svg+xml" };

export class LockScreen {
  #session = "mediaSession" in navigator && typeof MediaMetadata !== "undefined" ? navigator.mediaSession : null;
  /** What it shows, and how it counts. */
  #shown = "";
  #counts = "";
  /** Where it believes the beginning to be on the clock of this page, in seconds. */
  #zero = 0;

  /** @param {Controls} controls */
  constructor({ play, pause, back, forward, seek, changeChapter }) {
    /** @type {[MediaSessionAction, (details: MediaSessionActionDetails) => void][]} */
    const actions = [
      ["play", play],
      ["pause", pause],
      ["stop", pause],
      ["seekbackward", ({ seekOffset }) => back(seekOffset)],
      ["seekforward", ({ seekOffset }) => forward(seekOffset)],
      ["seekto", ({ seekTime }) => seekTime !== undefined && seek(seekTime)],
      ["previoustrack", () => changeChapter(-1)],
      ["nexttrack", () => changeChapter(1)],
    ];
    for (const [action, act] of actions) {
      try {
        this.#session?.setActionHandler(action, act);
      } catch {
        // This browser does not know the action
      }
    }
  }

  clear() {
    this.#shown = this.#counts = "";
    if (this.#session) this.#session.metadata = null;
  }

  /** @param {Playing} now */
  show({ title, chapters, cover, playing, position, duration, rate }) {
    const session = this.#session;
    if (!session) return;
    const chapter = chapters.findLast(({ start }) => start <= position)?.title ?? "";
    const shown = JSON.stringify([title, chapter, chapters.length, cover]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      const artwork = cover ? [{ src: cover, sizes: "600x600", type: "image/jpeg" }] : [ICON];
      const chapterInfo = chapters.map(({ title, start }) => ({ title, startTime: start })); // where it is known
      session.metadata = new MediaMetadata(/** @type {MediaMetadataInit} */ ({ title, artist: "Aethercast", album: chapter, artwork, chapterInfo }));
    }
    const state = playing ? "playing" : "paused";
    if (session.playbackState !== state) session.playbackState = state; // else each time another process is told
    // It counts on by itself, and is told only where that would be wrong
    const counts = [playing, duration, rate].join();
    const zero = position - (playing ? (performance.now() / 1000) * rate : 0);
    if (counts === this.#counts && Math.abs(zero - this.#zero) < OFF_S) return;
    this.#counts = counts;
    this.#zero = zero;
    session.setPositionState?.({ duration, position: Math.min(position, duration), playbackRate: rate });
  }
}
