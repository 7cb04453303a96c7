import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Places } from "../page/places.js";
import { useStorage } from "./storage.js";

const ID = "0123456789abcdef0123456789abcdef";

/** Storage of one browser. @type {Map<string, string>} */
let stored;

/** A server that is asked and told. */
class Server {
  position_ms = 0;
  told = 0;
  away = false;

  async place() {
    if (this.away) throw new Error("away");
    return { position_ms: this.position_ms, moments: [] };
  }

  /** @param {string} _id @param {number} position_ms */
  async keepPlace(_id, position_ms) {
    if (this.away) throw new Error("away");
    this.told++;
    this.position_ms = position_ms;
    return { position_ms };
  }
}

const server = () => new Server();
const places = (/** @type {Server} */ of) => new Places(/** @type {any} */ (of));

/** Another browser of the same listener, or the first one again. @param {Map<string, string>} storage */
function useBrowser(storage) {
  stored = useStorage(storage);
}

beforeEach(() => useBrowser(new Map()));

test("the place of another device is gone on from, and then one's own", async () => {
  const cloud = server();
  const [phone, desk] = [new Map(), new Map()];
  useBrowser(phone);
  const onPhone = places(cloud);
  onPhone.note(ID, 64, true);
  await onPhone.tell(ID);
  useBrowser(desk);
  const atDesk = places(cloud);
  assert.equal(await atDesk.find(ID), 64);
  atDesk.note(ID, 30, true); // further back: no clock and no length says which counts
  await atDesk.tell(ID);
  useBrowser(phone);
  assert.equal(await places(cloud).find(ID), 30);
});

test("what the server was not told yet is not lost", async () => {
  const cloud = server();
  const here = places(cloud);
  here.note(ID, 10, true);
  await here.tell(ID);
  cloud.away = true;
  here.note(ID, 90, true);
  await here.tell(ID);
  assert.equal(await here.find(ID), 90, "the server is away");
  cloud.away = false;
  assert.equal(await here.find(ID), 90, "the server has an older one, and it is of this browser");
});

test("a minute of listening is one write, and standing still is none", async () => {
  const cloud = server();
  const here = places(cloud);
  for (let at = 0; at < 60; at += 3) here.note(ID, at, true);
  await here.tell(ID);
  const told = cloud.told;
  assert.ok(told <= 2, `${told} writes`);
  await here.tell(ID);
  assert.equal(cloud.told, told);
});

test("of somebody else's podcast the server is told nothing", async () => {
  const cloud = server();
  const here = places(cloud);
  here.note(ID, 64, false);
  assert.equal(cloud.told, 0);
  assert.equal(here.here(ID), 64);
});

test("places that an earlier page kept are found", async () => {
  stored.set("aethercast.positions", JSON.stringify({ [ID]: 300 }));
  assert.equal(await places(server()).find(ID), 300);
});
