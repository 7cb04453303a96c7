/** The opening that is fetched before anybody asks: of which choices it is, and for which request it is played. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Openings, choicesOf } from "../opening.js";
import { remember } from "../page/memory.js";
import { useStorage } from "./storage.js";

const SOUND = btoa(String.fromCharCode(0, 0, 0, 0, 0, 2, 0, 1, 0, 2, 7, 8, 9));
const OPENING = { digest: "d", packets: 2, pre_skip: 312, segments: [], sound: SOUND };
const REQUEST = /** @type {any} */ ({ topic: "tides", minutes: 3, style: "story" });

beforeEach(() => remember("openings", null)); // a first visit

test("only what an opening depends on is asked for", () => {
  assert.deepEqual(choicesOf({ ...REQUEST, focus: "the moon", hosts: [{ name: "Mary" }] }), { style: "story", hosts: [{ name: "Mary" }] });
  assert.equal(choicesOf({ ...REQUEST, script: "Ada: Hello." }), null, "a script of one's own has no greeting");
  assert.equal(choicesOf({ ...REQUEST, draft: true }), null, "a draft is not heard yet");
});

test("it is played to the request that it was fetched for, and to no other", async () => {
  /** @type {any[]} */
  const asked = [];
  const openings = new Openings(async (choices) => (asked.push(choices), { opening: OPENING }));
  assert.equal(openings.of(REQUEST), null);
  await openings.prepare({ style: "story" });
  await openings.prepare({ style: "story" });
  assert.equal(asked.length, 1);
  const opening = openings.of(REQUEST);
  assert.deepEqual(opening?.packets.map((packet) => [...packet]), [[7], [8, 9]]);
  assert.equal(opening?.digest, "d");
  for (const other of [{ style: "briefing" }, { language: "de" }, { script: "Ada: Hello." }, { draft: true }]) {
    assert.equal(openings.of({ ...REQUEST, ...other }), null);
  }
});

test("of choices that follow each other the last ones count, and what cannot be had is not missed", async () => {
  /** @type {((answer: any) => void)[]} */
  const answers = [];
  const openings = new Openings(() => new Promise((resolve) => answers.push(resolve)));
  const [first, second] = [openings.prepare({ style: "briefing" }), openings.prepare({ style: "story" })];
  answers[1]({ opening: OPENING });
  answers[0]({ opening: { ...OPENING, digest: "late" } });
  await Promise.all([first, second]);
  assert.equal(openings.of(REQUEST)?.digest, "d");
  remember("openings", null);
  const failing = new Openings(() => Promise.reject(new Error("away")));
  await failing.prepare({ style: "story" });
  assert.equal(failing.of(REQUEST), null);
});

test("it is at hand at the next visit, however long the services take to start, until another is fetched", async () => {
  const stored = useStorage();
  remember("openings", {}); // and what was not stored is over
  try {
    for (const style of ["story", "briefing", "debate", "lecture"]) {
      await new Openings(async () => ({ opening: { ...OPENING, digest: style } })).prepare({ style: /** @type {any} */ (style) });
    }
    /** @type {(answer: any) => void} */
    let answer = () => {};
    const returning = new Openings(() => new Promise((resolve) => (answer = resolve)));
    const starting = returning.prepare({ style: "lecture" });
    assert.equal(returning.of({ ...REQUEST, style: "lecture" })?.digest, "lecture");
    answer({ opening: { ...OPENING, digest: "revised" } });
    await starting;
    assert.equal(returning.of({ ...REQUEST, style: "lecture" })?.digest, "revised");
    const missing = new Openings(async () => ({ opening: null }));
    await missing.prepare({ style: "lecture" });
    assert.equal(missing.of({ ...REQUEST, style: "lecture" }), null, "what is no longer true is forgotten");
    const again = new Openings(() => new Promise(() => {}));
    void again.prepare({ style: "lecture" });
    assert.equal(again.of({ ...REQUEST, style: "lecture" }), null);
    void again.prepare({ style: "story" });
    assert.equal(again.of(REQUEST), null, "only so many are kept");
    stored.set("aethercast.openings", JSON.stringify({ [JSON.stringify({ style: "debate" })]: { sound: "%" } }));
    void again.prepare({ style: "debate" });
    assert.equal(again.of({ ...REQUEST, style: "debate" }), null, "of another version");
  } finally {
    Reflect.deleteProperty(globalThis, "localStorage");
  }
});

test("a first visit has that of the usual choices before the gateway answers, and whatever it answers then counts", async () => {
  /** @type {(answer: any) => void} */
  let answer = () => {};
  let asked = 0;
  const usual = async () => (asked++, { choices: /** @type {any} */ ({ style: "story" }), opening: { ...OPENING, digest: "usual" } });
  const first = new Openings(() => new Promise((resolve) => (answer = resolve)), usual);
  const starting = first.prepare({ style: "story" });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(first.of(REQUEST)?.digest, "usual");
  answer({ opening: OPENING });
  await starting;
  assert.equal(first.of(REQUEST)?.digest, "d");
  void first.prepare({ style: "briefing" });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(first.of({ ...REQUEST, style: "briefing" }), null, "of other choices it is not");
  assert.equal(asked, 1);
  remember("openings", null);
  const silent = new Openings(() => new Promise(() => {}), async () => ({ choices: /** @type {any} */ ({ style: "story" }), opening: null }));
  void silent.prepare({ style: "story" });
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(silent.of(REQUEST), null);
  remember("openings", null);
  const late = new Openings(async () => ({ opening: OPENING }), () => new Promise((resolve) => setTimeout(resolve, 0, { choices: { style: "story" }, opening: { ...OPENING, digest: "usual" } })));
  await late.prepare({ style: "story" });
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(late.of(REQUEST)?.digest, "d", "what comes later than the answer does not count");
});
