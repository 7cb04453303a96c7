/**
 * One listener's connection to the streamer, through every break of the network.
 *
 * A stream id or a resume token opens a socket; the metadata that answers brings the token for the next. Where a socket
 * dies before that, the same is shown again; where it is refused, a fresh stream id is asked for.
 */

import { CLOSE, PLAYER_PATIENCE_S, STREAM_TOKEN_ERRORS } from "../contract.js";
import * as wire from "./wire.js";

/** How far ahead of the listener the server may send: enough to sit out half a minute without a network. */
export const WINDOW_MS = 60_000;
/** A socket this long silent is dead, whatever the system believes. */
export const SILENCE_MS = PLAYER_PATIENCE_S * 1000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;
/** A break that is over after a few attempts is nobody's concern: there is audio in store. */
const WORTH_TELLING = 3;
/** https://websockets.spec.whatwg.org/#dom-websocket-readystate */
const OPEN = 1;
/** So many fresh streams may be refused in a row before there is no point in asking for more. */
const MAX_REFUSALS = 2;

/** @typedef {import("../api_types.js").Stream} StreamGrant  the right to listen, as the API gives it */
/** @typedef {{code: string, message: string}} Failure */
/**
 * @typedef {object} Handlers
 * @property {(message: wire.ServerMessage) => void} control
 * @property {(first: number, packets: Uint8Array<ArrayBuffer>[]) => void} audio  may throw WireError "packet_gap"
 * @property {(state: ConnectionState, failure: Failure | null) => void} state
 */
/**
 * waiting: for the next attempt. ended: everything has been sent. failed: nothing more will come.
 * @typedef {"connecting" | "open" | "waiting" | "ended" | "failed" | "closed"} ConnectionState
 */

/**
 * How long to wait before the next attempt: doubling, and spread so that a restarted server is not met by all at once.
 * @param {number} attempt  0 for the first
 * @param {number} random  0 to 1
 */
export function retryDelayMs(attempt, random) {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (0.5 + random);
}

/**
 * @typedef {object} Environment  what a test holds in its hands
 * @property {new (url: string) => WebSocket} WebSocket
 * @property {() => number} random
 * @property {(handler: () => void, ms: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 */
/** @type {Environment} */
const BROWSER = {
  WebSocket: globalThis.WebSocket,
  random: Math.random,
  setTimeout: (handler, ms) => setTimeout(handler, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export class Connection {
  /** @type {ConnectionState} */
  state = "connecting";
  reconnects = 0;
  /** Messages that were not of this wire, or left a gap. */
  dropped = 0;
  #paused = false;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {string | null} what opens the next socket, and how; null where it is spent */
  #streamId;
  /** @type {string | null} */
  #resumeToken = null;
  #url;
  #renew;
  #nextPacket;
  #metrics;
  /** As it went when the server was last told. @type {Partial<wire.ClientMetrics>} */
  #reported = {};
  #on;
  #environment;
  #attempt = 0;
  #refusals = 0;
  /** @type {any} */
  #retryTimer;
  /** @type {any} */
  #silenceTimer;
  /** @type {Failure | null} said before the socket closes */
  #fatal = null;

  /**
   * @param {object} given
   * @param {StreamGrant} given.grant
   * @param {() => Promise<StreamGrant>} given.renew  rejects with `final` set where there is nothing to hear any more
   * @param {() => number} given.nextPacket  number of the first packet that has not arrived
   * @param {() => wire.ClientMetrics} given.metrics  how it goes
   * @param {Handlers} given.on
   * @param {Partial<Environment>} [environment]
   */
  constructor({ grant, renew, nextPacket, metrics, on }, environment = {}) {
    this.#streamId = grant.stream_id;
    this.#url = grant.websocket_url;
    this.#renew = renew;
    this.#nextPacket = nextPacket;
    this.#metrics = metrics;
    this.#on = on;
    this.#environment = { ...BROWSER, ...environment };
    this.#connect();
  }

  /** The server need not send while nobody listens. Told again after every reconnection. @param {boolean} paused */
  setPaused(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    this.#send(paused ? wire.pauseRequest() : wire.resumeRequest());
  }

  /** Tell the server how it goes. */
  report() {
    if (this.#socket?.readyState !== OPEN) return;
    const metrics = this.#metrics();
    this.#socket.send(wire.clientMetrics(metrics, this.#reported));
    this.#reported = metrics;
  }

  /** Do not wait for the next attempt: there is a network again. @param {boolean} [wasLost]  and none for so long that a socket may be dead, of which nobody tells */
  networkReturned(wasLost = false) {
    if (wasLost) this.#abandon(this.#socket);
    if (this.state !== "waiting") return;
    this.#environment.clearTimeout(this.#retryTimer);
    this.#attempt = 0;
    void this.#reconnect();
  }

  close() {
    this.#leave("closed");
  }

  /** @param {string} message lost where there is no connection */
  #send(message) {
    if (this.#socket?.readyState === OPEN) this.#socket.send(message);
  }

  #connect() {
    const socket = new this.#environment.WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#expectWord();
    socket.onopen = () => {
      const next = this.#nextPacket();
      if (this.#resumeToken !== null) socket.send(wire.resume(this.#resumeToken, next, WINDOW_MS));
      else if (this.#streamId !== null) socket.send(wire.start(this.#streamId, next, WINDOW_MS));
      // Where the ears are, and whether they listen, before anything is sent to them: there may be much in store
      if (next > 0) this.report();
      if (this.#paused) socket.send(wire.pauseRequest());
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    this.#expectWord();
    try {
      if (typeof data !== "string") {
        const { first, packets } = wire.unpackPackets(data);
        this.#on.audio(first, packets);
        return;
      }
      const message = wire.parseControl(data);
      if (message !== null) this.#act(message);
    } catch (error) {
      if (!(error instanceof wire.WireError)) throw error;
      this.dropped++;
      // What is missing is asked for again: the next socket begins at the first packet that has not arrived
      if (error.code === "packet_gap") this.#socket?.close(CLOSE.NORMAL);
      else if (error.code === "framing_unknown") this.#fatal = { code: error.code, message: error.message };
    }
  }

  /** @param {wire.ServerMessage} message */
  #act(message) {
    if (message.type === "stream_metadata") {
      this.#resumeToken = message.resumeToken;
      this.#streamId = null;
      this.#attempt = this.#refusals = 0;
      this.#enter("open");
    } else if (message.type === "error" && !message.retryable && !STREAM_TOKEN_ERRORS.includes(message.code)) {
      this.#fatal = message;
    }
    this.#on.control(message);
    if (message.type === "stream_end") this.#leave("ended");
  }

  /** @param {number} code of the close frame; 1006 where there was none */
  #closed(code) {
    this.#environment.clearTimeout(this.#silenceTimer);
    this.#socket = null;
    if (this.#fatal) {
      this.#fail(this.#fatal);
      return;
    }
    if (code === CLOSE.POLICY) {
      this.#resumeToken = this.#streamId = null;
      if (++this.#refusals > MAX_REFUSALS) {
        this.#fail({ code: "stream_refused", message: "The server refuses this stream." });
        return;
      }
    }
    this.#wait();
  }

  #wait() {
    this.#enter("waiting", this.#attempt < WORTH_TELLING ? null : { code: "unreachable", message: "" });
    const delay = retryDelayMs(this.#attempt++, this.#environment.random());
    this.#retryTimer = this.#environment.setTimeout(() => void this.#reconnect(), delay);
  }

  async #reconnect() {
    this.reconnects++;
    this.#enter("connecting");
    if (this.#resumeToken === null && this.#streamId === null) {
      try {
        const grant = await this.#renew();
        this.#streamId = grant.stream_id;
        this.#url = grant.websocket_url;
      } catch (error) {
        if (this.#isOver()) return;
        if (/** @type {any} */ (error).final) this.#fail(/** @type {any} */ (error));
        else this.#wait();
        return;
      }
      if (this.#isOver()) return;
    }
    this.#connect();
  }

  #expectWord() {
    this.#environment.clearTimeout(this.#silenceTimer);
    const socket = this.#socket;
    this.#silenceTimer = this.#environment.setTimeout(() => this.#abandon(socket), SILENCE_MS);
  }

  /** A closing handshake with a peer that has gone would take a minute: do not wait for it. @param {WebSocket | null} socket */
  #abandon(socket) {
    if (socket === null || socket !== this.#socket) return;
    detach(socket);
    this.#closed(1006);
  }

  #isOver() {
    return this.state === "ended" || this.state === "failed" || this.state === "closed";
  }

  /** @param {Failure} failure */
  #fail({ code, message }) {
    this.#leave("failed", { code, message });
  }

  /** @param {ConnectionState} state @param {Failure | null} [failure] */
  #leave(state, failure = null) {
    if (this.#isOver()) return;
    this.#environment.clearTimeout(this.#retryTimer);
    this.#environment.clearTimeout(this.#silenceTimer);
    if (this.#socket) detach(this.#socket);
    this.#socket = null;
    this.#enter(state, failure);
  }

  /** @param {ConnectionState} state @param {Failure | null} [failure] */
  #enter(state, failure = null) {
    if (this.state === state) return;
    this.state = state;
    this.#on.state(state, failure);
  }
}

/** @param {WebSocket} socket */
function detach(socket) {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close(CLOSE.NORMAL);
}
