/** Which file an older browser is given, and that it waits for it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { playableFile } from "../media/files.js";

const ALL = { audio: "episode.ogg", m4a: "episode.m4a", mp3: "episode.mp3" };
/** @param {string[]} played */
const playing = (...played) => (/** @type {string} */ type) => (played.some((one) => type.startsWith(one)) ? "maybe" : "");

test("the file is one that the browser plays, and none is better than one that it does not", () => {
  assert.equal(playableFile(ALL, playing("audio/ogg", "audio/mpeg")), "episode.ogg");
  assert.equal(playableFile(ALL, playing("audio/mp4", "audio/mpeg")), "episode.m4a");
  assert.equal(playableFile({ audio: "episode.ogg", mp3: "episode.mp3" }, playing("audio/mp4", "audio/mpeg")), "episode.mp3");
  assert.equal(playableFile({ audio: "episode.ogg" }, playing("audio/mp4", "audio/mpeg")), null);
  assert.equal(playableFile(null, playing("audio/ogg")), null);
});
