/** One listener's connection through every way it can break, on a clock that the test turns. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Connection, retryDelayMs, SILENCE_MS } from "../stream/connection.js";
import { FRAMING } from "../contract.js";

class FakeSocket {
  /** @type {FakeSocket[]} */
  static all = [];
  /** @type {any[]} */
  said = [];
  /** @type {any} */ onopen;
  /** @type {any} */ onmessage;
  /** @type {any} */ onclose;
  closed = false;
  readyState = 0;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.said.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  /** @param {object} body */
  tells(body) {
    this.onmessage?.({ data: JSON.stringify(body) });
  }

  /** Opens, and answers with metadata. @param {string} [resumeToken] */
  accepts(resumeToken = "token-2") {
    this.readyState = 1;
    this.onopen?.();
    this.tells({ type: "stream_metadata", codec: "opus", framing: FRAMING, preSkip: 312, title: "", resumeToken });
  }

  /** @param {number} [code] */
  breaks(code = 1006) {
    this.onclose?.({ code });
  }
}

const NOTHING = { stalls: 0, stalled_ms: 0, decode_errors: 0, reconnects: 0, dropped_messages: 0 };

/** A connection in a test's hands. @param {{renew?: () => Promise<any>}} [given] */
function open({ renew = () => Promise.resolve({ stream_id: "fresh", websocket_url: "ws://again" }) } = {}) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  FakeSocket.all = [];
  /** @type {any[]} */
  const states = [];
  const arrived = { next: 0 };
  const counted = { ...NOTHING };
  const connection = new Connection(
    {
      grant: { stream_id: "first", websocket_url: "ws://here" },
      renew: mock.fn(renew),
      nextPacket: () => arrived.next,
      metrics: () => ({ ...counted, buffered_ms: 0, played_ms: arrived.next * 10 }),
      on: { control: () => {}, audio: () => {}, state: (state, failure) => states.push(failure ? [state, failure.code] : state) },
    },
    { WebSocket: /** @type {any} */ (FakeSocket), random: () => 0.5 },
  );
  return { connection, states, arrived, counted, socket: () => /** @type {FakeSocket} */ (FakeSocket.all.at(-1)) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("the token travels in the first message, and the next one resumes where it broke off", async () => {
  const { states, arrived, socket } = open();
  socket().accepts();
  assert.deepEqual(socket().said[0], { type: "start", stream_id: "first", next_packet: 0, window_ms: 60_000 });
  assert.ok(!socket().url.includes("first"));
  arrived.next = 70;
  socket().breaks();
  mock.timers.tick(250);
  await settle();
  socket().accepts();
  assert.deepEqual(socket().said[0], { type: "resume", resume_token: "token-2", next_packet: 70, window_ms: 60_000 });
  const { type, played_ms } = socket().said[1];
  assert.deepEqual([type, played_ms], ["client_metrics", 700], "what is in store need not come again");
  assert.deepEqual(states, ["open", "waiting", "connecting", "open"]);
});

for (const [name, isOpen] of Object.entries({ open: true, "being opened": false })) {
  test(`a socket that was ${name} when the network was lost is given up once that is back`, async () => {
    const { connection, socket } = open();
    if (isOpen) socket().accepts();
    const before = socket();
    connection.networkReturned();
    assert.ok(!before.closed, "of a moment that the system alone noticed");
    connection.networkReturned(true);
    await settle();
    assert.ok(before.closed);
    socket().accepts();
    assert.equal(connection.state, "open");
    assert.equal(connection.reconnects, 1);
  });
}

test("what was told once is not told again, over whichever socket", async () => {
  const { connection, counted, arrived, socket } = open();
  connection.report(); // lost: nothing is told before the socket is open
  socket().accepts();
  arrived.next = 50;
  const where = { type: "client_metrics", played_ms: 500, buffered_ms: 0 };
  Object.assign(counted, { stalls: 2, first_audio_ms: 300 });
  connection.report();
  assert.deepEqual(socket().said.at(-1), { ...where, stalls: 2, first_audio_ms: 300 });
  connection.report();
  assert.deepEqual(socket().said.at(-1), where);
  socket().breaks();
  Object.assign(counted, { stalls: 3, reconnects: 1 });
  connection.report(); // lost as well
  mock.timers.tick(250);
  await settle();
  socket().accepts();
  assert.deepEqual(socket().said[1], { ...where, stalls: 1, reconnects: 1 });
  Object.assign(counted, { stalls: 0 }); // the page goes on with the file, which counts none
  connection.report();
  assert.deepEqual(socket().said.at(-1), where);
});

test("where a socket dies before the next token has come, the same is shown again", async () => {
  const { socket } = open();
  for (let time = 0; time < 2; time++) {
    socket().onopen();
    assert.equal(socket().said[0].stream_id, "first");
    socket().breaks();
    mock.timers.tick(500);
    await settle();
  }
  socket().accepts("token-1");
  for (let time = 0; time < 2; time++) {
    socket().breaks();
    mock.timers.tick(500);
    await settle();
    socket().onopen();
    assert.equal(socket().said[0].resume_token, "token-1");
  }
});

test("attempts grow apart, and are told only when the break lasts", async () => {
  assert.deepEqual([0, 1, 2, 5, 20].map((attempt) => retryDelayMs(attempt, 0.5)), [250, 500, 1_000, 8_000, 8_000]);
  assert.equal(retryDelayMs(0, 0), 125);
  const { states, socket } = open({ renew: () => Promise.reject(new Error("nobody there")) });
  socket().accepts();
  for (const delay of [0, 250, 500, 1_000]) {
    mock.timers.tick(delay);
    await settle();
    socket().breaks();
    await settle();
  }
  assert.deepEqual(states.filter((state) => state !== "connecting").slice(0, 2), ["open", "waiting"]);
  assert.ok(states.some((state) => state[1] === "unreachable"), JSON.stringify(states));
});

test("a silent socket is dead", async () => {
  const { socket } = open();
  socket().accepts();
  mock.timers.tick(SILENCE_MS - 1);
  socket().tells({ type: "keepalive" });
  mock.timers.tick(SILENCE_MS - 1);
  assert.equal(FakeSocket.all.length, 1);
  mock.timers.tick(1);
  mock.timers.tick(250);
  await settle();
  assert.equal(FakeSocket.all.length, 2);
  assert.ok(FakeSocket.all[0].closed);
});

test("a pause is told once, and again after a reconnection", async () => {
  const { connection, socket } = open();
  connection.setPaused(true);
  socket().accepts();
  connection.setPaused(true);
  assert.deepEqual(socket().said.slice(1).map(({ type }) => type), ["pause_request"]);
  socket().breaks();
  mock.timers.tick(250);
  await settle();
  socket().accepts();
  connection.setPaused(false);
  assert.deepEqual(socket().said.slice(1).map(({ type }) => type), ["pause_request", "resume_request"]);
});

test("the end is the end", async () => {
  const { states, socket } = open();
  socket().accepts();
  socket().tells({ type: "stream_end", packets: 3 });
  assert.deepEqual(states, ["open", "ended"]);
  mock.timers.tick(100_000);
  assert.equal(FakeSocket.all.length, 1);
});

test("an error that will not pass is told; one that speaks of the token alone is mended", async () => {
  const failed = open();
  failed.socket().accepts();
  failed.socket().tells({ type: "error", code: "no_sources", message: "Nothing.", retryable: false });
  failed.socket().breaks(1011);
  assert.deepEqual(failed.states.at(-1), ["failed", "no_sources"]);

  const refused = open();
  refused.socket().onopen();
  refused.socket().tells({ type: "error", code: "stream_unknown", message: "", retryable: false });
  refused.socket().breaks(1008);
  mock.timers.tick(250);
  await settle();
  assert.equal(refused.socket().url, "ws://again");
});

test("where fresh streams are refused too, it gives up", async () => {
  const { states, socket } = open();
  for (let time = 0; time < 3; time++) {
    socket().onopen();
    socket().breaks(1008);
    mock.timers.tick(8_000);
    await settle();
  }
  assert.deepEqual(states.at(-1), ["failed", "stream_refused"]);
});

test("when nothing is left to hear, it says what the API said", async () => {
  const ended = Object.assign(new Error("Cancelled."), { code: "podcast_ended", final: true });
  const { states, socket } = open({ renew: () => Promise.reject(ended) });
  socket().onopen();
  socket().breaks(1008);
  mock.timers.tick(250);
  await settle();
  assert.deepEqual(states.at(-1), ["failed", "podcast_ended"]);
});

test("back online it does not wait", async () => {
  const { connection, socket } = open();
  socket().accepts();
  socket().breaks();
  connection.networkReturned();
  await settle();
  assert.equal(FakeSocket.all.length, 2);
});

test("messages that are not of this wire are counted and passed over", () => {
  const { connection, socket } = open();
  socket().accepts();
  socket().onmessage({ data: "{" });
  socket().onmessage({ data: new ArrayBuffer(3) });
  assert.equal(connection.dropped, 2);
  assert.equal(connection.state, "open");
});
