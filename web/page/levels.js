/** The picture of the sound behind the position slider: how loud, who speaks, how far it has come. */

const BAR_PX = 3;
const GAP_PX = 2;
/** Where there is no sound yet, or its loudness is not known. */
const SILENT = 0.06;
const UNKNOWN = 0.35;

/**
 * @typedef {object} Picture
 * @property {number} duration  seconds
 * @property {number} position
 * @property {number} available  up to where there is sound
 * @property {(at: number) => number | null} level  0 to 1 at that moment; null where not known
 * @property {(at: number) => number} voice  1 to 3; 0 for nobody
 * @property {number[]} marks  where chapters begin
 */

export class Levels {
  #canvas;
  /** Its size in CSS pixels, as it was told last: to ask for it has the page laid out each time. */
  #size = [0, 0];
  /** @type {Picture | null} */
  #picture = null;
  #colors = /** @type {string[]} */ ([]);
  #drawn = "";
  /** How many bars of it are drawn as played. */
  #played = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(([{ contentRect }]) => {
      this.#size = [contentRect.width, contentRect.height];
      this.invalidate();
    }).observe(canvas);
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => this.invalidate());
  }

  /** Size or colors may have changed: it is drawn anew. */
  invalidate() {
    this.#colors = [];
    this.#drawn = "";
    if (this.#picture) this.draw(this.#picture);
  }

  /** Nothing of the last podcast stays. */
  clear() {
    this.#picture = null;
    this.#drawn = "";
  }

  /** @param {Picture} picture */
  draw(picture) {
    this.#picture = picture;
    const { duration, position, available, level, voice, marks } = picture;
    const ratio = devicePixelRatio || 1;
    const [width, height] = this.#size;
    const bars = Math.floor((width + GAP_PX) / (BAR_PX + GAP_PX));
    const played = Math.min(bars, duration ? Math.ceil((position / duration) * bars) : 0);
    const state = [width, height, duration, available, marks.length, voice(0)].join();
    if (!width || (state === this.#drawn && played === this.#played)) return;
    // While it plays only the bars change that it has just come past
    const [first, end] = state === this.#drawn ? [Math.min(played, this.#played), Math.max(played, this.#played)] : [0, bars];
    this.#drawn = state;
    this.#played = played;
    // Whole numbers, as a canvas has them: to be given a size, be it the same, empties it
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== wide) this.#canvas.width = wide;
    if (this.#canvas.height !== high) this.#canvas.height = high;
    const paint = this.#canvas.getContext("2d");
    if (!paint) return;
    const colors = this.#palette();
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(first * (BAR_PX + GAP_PX), 0, end === bars ? width : (end - first) * (BAR_PX + GAP_PX), height);
    for (let bar = first; bar < end; bar++) {
      const [from, to] = [(bar / bars) * duration, ((bar + 1) / bars) * duration];
      const there = from < available;
      const loud = there ? (level(from) ?? UNKNOWN) : SILENT;
      const tall = Math.max(BAR_PX, loud * (height - 6));
      paint.globalAlpha = there ? (bar < played ? 1 : 0.42) : 1;
      paint.fillStyle = there ? colors[voice((from + to) / 2)] : colors[4];
      paint.beginPath();
      paint.roundRect(bar * (BAR_PX + GAP_PX), (height - tall) / 2, BAR_PX, tall, BAR_PX / 2);
      paint.fill();
    }
    paint.globalAlpha = 1;
    paint.fillStyle = colors[0];
    for (const mark of marks) paint.fillRect((mark / duration) * width - 0.5, height - 5, 2, 5);
  }

  #palette() {
    if (!this.#colors.length) {
      const style = getComputedStyle(this.#canvas);
      this.#colors = ["--ink-2", "--voice-1", "--voice-2", "--voice-3", "--line"].map((name) => style.getPropertyValue(name));
    }
    return this.#colors;
  }
}
