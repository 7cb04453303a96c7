/** Who falls asleep over a chapter hears its end, and nothing after it. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { SleepTimer } from "../page/sleep_timer.js";

class Select extends EventTarget {
  value = "";

  /** @param {string} value */
  choose(value) {
    this.value = value;
    this.dispatchEvent(new Event("change"));
  }
}

/** @type {Select} */
let select;
/** Where the chapters begin, as far as is known. @type {number[]} */
let starts;
let [position, paused] = [0, 0];

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  select = new Select();
  [starts, position, paused] = [[0, 100, 200], 0, 0];
  Object.assign(globalThis, { HTMLSelectElement: Select, document: { getElementById: () => select } });
});

function timer() {
  return new SleepTimer({
    pause: () => paused++,
    position: () => position,
    chapterEnd: (from) => starts.find((start) => start > from) ?? Infinity,
  });
}

/** @param {SleepTimer} sleep @param {number} to */
function plays(sleep, to) {
  for (; position < to && !paused; position += 0.5) sleep.follow(position);
}

test("it stops with the chapter, once", () => {
  const sleep = timer();
  position = 40;
  select.choose("chapter");
  plays(sleep, 300);
  assert.deepEqual([Math.floor(position), paused, select.value], [100, 1, ""]);
  assert.equal(sleep.stopsHere(), false);
});

test("of one that is being made the chapter's end is not known when it is chosen", () => {
  const sleep = timer();
  starts = [0];
  select.choose("chapter");
  plays(sleep, 60);
  starts = [0, 100];
  plays(sleep, 300);
  assert.deepEqual([Math.floor(position), paused], [100, 1]);
});

test("after the last chapter nothing follows", () => {
  const sleep = timer();
  position = 250;
  select.choose("chapter");
  plays(sleep, 300);
  assert.equal(paused, 0, "it comes to its end");
  assert.equal(sleep.stopsHere(), true);
  assert.deepEqual([select.value, sleep.stopsHere()], ["", false], "the next time something does");
});

test("who goes to another chapter hears that one to its end", () => {
  const sleep = timer();
  select.choose("chapter");
  plays(sleep, 20);
  position = 150;
  plays(sleep, 300);
  assert.deepEqual([Math.floor(position), paused], [200, 1]);
});

test("minutes run on over the end of a podcast, and what was chosen last counts", () => {
  const sleep = timer();
  select.choose("chapter");
  select.choose("15");
  assert.equal(sleep.stopsHere(), false, "the next one follows, and is stopped");
  plays(sleep, 300);
  sleep.forgetChapter();
  mock.timers.tick(15 * 60_000);
  assert.deepEqual([paused, select.value], [1, ""]);
  select.choose("30");
  select.choose("");
  mock.timers.tick(60 * 60_000);
  assert.equal(paused, 1);
});
