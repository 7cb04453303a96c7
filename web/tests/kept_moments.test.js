/** What is kept on one device is kept on all, and what is taken out on one is taken out on all. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { KeptMoments } from "../page/kept_moments.js";

const ID = "0123456789abcdef0123456789abcdef";
/** @type {any} */
const EPISODE = { id: ID, share: null };
/** @type {any} */
const SHARED = { id: ID, share: "share_of_a_friend" };
const turn = (/** @type {number} */ index) => /** @type {any} */ ({ index, start: index * 3 });

/** A server that keeps moments. */
class Server {
  /** @type {Set<number>} */
  kept = new Set();
  told = 0;
  away = false;

  /** @param {string} _id @param {number} index */
  async keepMoment(_id, index) {
    if (this.away) throw new Error("away");
    this.told++;
    this.kept.add(index);
  }

  /** @param {string} _id @param {number} index */
  async forgetMoment(_id, index) {
    if (this.away) throw new Error("away");
    this.kept.delete(index);
  }
}

/** A browser of the listener, which opens the podcast. @param {Server} server @param {Map<string, string>} storage */
function opens(server, storage, episode = EPISODE) {
  globalThis.localStorage = /** @type {any} */ ({
    getItem: (/** @type {string} */ name) => storage.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => storage.set(name, value),
  });
  const answer = [...server.kept];
  const moments = new KeptMoments(/** @type {any} */ (server), /** @type {any} */ ({ momentsOf: () => (server.away ? null : answer) }));
  moments.meet(episode);
  return moments;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
/** @param {KeptMoments} moments */
const listed = (moments, episode = EPISODE) => [0, 1, 2, 3].filter((index) => moments.has(episode, turn(index)));

/** @type {Server} */
let server;
/** @type {Map<string, string>} */
let phone;
/** @type {Map<string, string>} */
let desk;
beforeEach(() => {
  server = new Server();
  phone = new Map();
  desk = new Map();
});

test("devices find each other's moments, and do not bring back what was taken out", async () => {
  const onPhone = opens(server, phone);
  onPhone.keep(EPISODE, turn(1));
  onPhone.keep(EPISODE, turn(3));
  await settled();
  const onDesk = opens(server, desk);
  assert.deepEqual(listed(onDesk), [1, 3]);
  await onDesk.forget(EPISODE, turn(1));
  onDesk.keep(EPISODE, turn(0));
  await settled();
  assert.deepEqual(listed(opens(server, phone)), [0, 3]);
  await settled();
  assert.equal(server.told, 3, "what it has is not told again");
});

test("what is kept without the net is told the next time", async () => {
  server.away = true;
  opens(server, phone).keep(EPISODE, turn(2));
  await settled();
  server.away = false;
  assert.deepEqual(listed(opens(server, phone)), [2]);
  await settled();
  assert.deepEqual(listed(opens(server, desk)), [2]);
});

test("what could not be taken out is there still, and told so", async () => {
  const moments = opens(server, phone);
  moments.keep(EPISODE, turn(2));
  await settled();
  server.away = true;
  const forgotten = moments.forget(EPISODE, turn(2));
  assert.deepEqual(listed(moments), [], "at once");
  await assert.rejects(forgotten);
  assert.deepEqual(listed(moments), [2]);
});

test("of somebody else's podcast the server is told nothing", async () => {
  const moments = opens(server, phone, SHARED);
  moments.keep(SHARED, turn(1));
  await settled();
  assert.deepEqual([listed(moments, SHARED), server.told], [[1], 0]);
  await moments.forget(SHARED, turn(1));
  assert.deepEqual(listed(moments, SHARED), []);
});

test("lines that earlier pages kept by their time are there", () => {
  phone.set("aethercast.moments", JSON.stringify([{ id: ID, start: 6, speaker: "Ada", text: "A lamp." }]));
  assert.deepEqual(listed(opens(server, phone)), [2]);
});
