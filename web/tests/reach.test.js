/** A network that leads nowhere is found out while sound is waited for, on a clock that the test turns. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Reach } from "../page/reach.js";

/** What the next looks find: whether the server answers, or when that is known. @type {(boolean | Promise<boolean>)[]} */
let finds;
/** @type {string[]} */
let told;
let [looks, arrived] = [0, 0];

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  [finds, told, looks, arrived] = [[], [], 0, 0];
});

function watched() {
  const on = { arrived: () => arrived, change: () => told.push(reach.isAway ? "away" : "there"), back: () => told.push("back") };
  const reach = new Reach(on, async () => {
    looks++;
    return finds.shift() ?? false;
  });
  reach.watch(true);
  return reach;
}

/** @param {number} ms */
async function passes(ms) {
  for (let left = ms; left > 0; left -= 500) {
    mock.timers.tick(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("while no sound comes it is looked into again and again, and told where that changes", async () => {
  finds = [true, true, false, false, false, true];
  watched();
  await passes(5_000);
  assert.deepEqual([looks, told], [2, []]);
  await passes(9_000);
  assert.deepEqual(told, ["away"]);
  await passes(3_500);
  assert.deepEqual(told, ["away", "back", "there"], "a socket from before is not relied on");
});

test("who hears sound, or waits for none, asks nobody", async () => {
  const reach = watched();
  for (const _ of Array(20)) {
    await passes(1_000);
    reach.watch(false);
    reach.watch(true); // it runs dry for a moment, again and again
  }
  reach.watch(false);
  await passes(60_000);
  assert.deepEqual([looks, told], [0, []]);
});

test("what comes from the server says more than a look that finds nothing", async () => {
  /** @type {(answers: boolean) => void} */
  let find = () => {};
  finds = [new Promise((resolve) => (find = resolve))];
  watched();
  await passes(3_000);
  arrived += 500;
  find(false);
  await passes(2_500);
  assert.deepEqual([looks, told], [1, []]);
  await passes(1_000);
  assert.deepEqual(told, ["away"]);
});

test("a socket that brings something meanwhile lives, and no other one is needed", async () => {
  /** @type {(answers: boolean) => void} */
  let find = () => {};
  finds = [false, new Promise((resolve) => (find = resolve))];
  watched();
  await passes(5_500);
  arrived += 500;
  find(true);
  await passes(500);
  assert.deepEqual([looks, told], [2, ["away", "there"]]);
});

test("what waits no more is not told, and what is found too late does not count", async () => {
  /** @type {(answers: boolean) => void} */
  let find = () => {};
  finds = [false, new Promise((resolve) => (find = resolve))];
  const reach = watched();
  await passes(5_500);
  reach.watch(false);
  assert.equal(reach.isAway, false);
  find(false);
  await passes(60_000);
  assert.deepEqual([looks, told], [2, ["away", "there"]]);
});
