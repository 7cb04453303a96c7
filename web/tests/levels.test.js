/** The picture of the sound: bar by bar as it plays, and whole whatever the size of the screen and of its dots. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Levels } from "../page/levels.js";

const PICTURE = { duration: 60, position: 0, available: 60, level: () => 0.5, voice: () => 1, marks: [] };

/** As the browser has it: a canvas takes whole numbers, and is empty after it was given any. */
class Canvas {
  #size = { width: 300, height: 150 };
  /** Where bars stand. @type {Set<number>} */
  bars = new Set();

  get width() {
    return this.#size.width;
  }

  set width(width) {
    this.#size.width = Math.trunc(width);
    this.bars.clear();
  }

  get height() {
    return this.#size.height;
  }

  set height(height) {
    this.#size.height = Math.trunc(height);
    this.bars.clear();
  }

  getContext() {
    const nothing = () => {};
    return { setTransform: nothing, clearRect: nothing, beginPath: nothing, fill: nothing, fillRect: nothing, roundRect: (/** @type {number} */ x) => this.bars.add(x) };
  }
}

for (const [width, ratio] of [[358, 1], [379.04, 1], [358, 2.625], [588.8, 1.25], [1088, 3]]) {
  test(`on ${width} px with ${ratio} dots each every bar stays while it plays`, () => {
    /** @type {(seen: {contentRect: {width: number, height: number}}[]) => void} */
    let resized = () => {};
    const observer = function (/** @type {any} */ seen) {
      resized = seen;
      return { observe: () => {} };
    };
    const style = { getPropertyValue: () => "red" };
    Object.assign(globalThis, { ResizeObserver: observer, matchMedia: () => ({ addEventListener: () => {} }), getComputedStyle: () => style, devicePixelRatio: ratio });
    const canvas = new Canvas();
    const levels = new Levels(/** @type {any} */ (canvas));
    resized([{ contentRect: { width, height: 52 } }]);
    levels.draw(PICTURE);
    const all = canvas.bars.size;
    assert.ok(all > 60);
    for (let position = 1; position <= 20; position++) levels.draw({ ...PICTURE, position });
    assert.equal(canvas.bars.size, all);
  });
}
