/**
 * One podcast as this page plays it, while it is made and after.
 *
 * It joins the connection (what arrives), the player (what is heard) and the API (how it stands), and tells the page of
 * every change by a `change` event.
 */

import { ApiError } from "./api.js";
import { DEFAULT_MINUTES, REPORT_EVERY_S } from "./contract.js";
import { playableFile } from "./media/files.js";
import { readOpening } from "./opening.js";
import { Production } from "./production.js";
import { Connection } from "./stream/connection.js";
import { PacketStore } from "./stream/packet_store.js";

/** While a podcast is made its progress comes over the WebSocket; sources and files are asked for this often. */
const POLL_MS = 4_000;
/** Of a draft no progress comes but what is asked for. */
const DRAFT_POLL_MS = 1_500;
/** After so much listening the server is told how it goes; also that somebody is there, or it would have to ask. */
const METRICS_MS = REPORT_EVERY_S * 1000;
/** Who has not moved for so long has come to where they wanted. */
const SETTLED_MS = 200;
/** Stages that leave something to be asked for: sources, files. */
const ASKED_AFTER = new Set(["harvest", "master"]);
/** A link to the file works for a while, and is then replaced; a fresh one that breaks so soon is not at fault. */
const RELINK_AGAIN_MS = 60_000;
/** On the way to a place far into what is made, the server is told so often how much has come: it sends a window at a time. */
const CATCHING_UP_S = 20;

export class Episode extends Production {
  /** @type {import("./stream/connection.js").ConnectionState | "file" | "none"} */
  connectionState = "none";
  /** The connection has been lost for a while. */
  unreachable = false;
  /** What somebody else shared it by: then it can be heard and read, and nothing else. @type {string | null} */
  share = null;
  /** Whether it sounds once it is there, rather than waits for its listener, who had paused it. */
  sounds = true;
  store = new PacketStore();
  streamEnded = false;
  /** @type {Connection | null} */
  connection = null;
  /** How it stands is asked for, and nothing is known of it yet. */
  isAsked = false;
  #api;
  #player;
  #relinkedAt = -Infinity;
  #caughtUpTo = 0;
  /** What may not wait for the next regular report: a stall, how soon the first sound came, another speed. */
  #told = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #poll;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #metrics;
  #done = new AbortController();
  /** Ends the fetching of a file that is played packet by packet. */
  #fetching = new AbortController();

  /** @param {import("./api.js").Api} api @param {import("./media/player.js").Player} player */
  constructor(api, player) {
    super();
    this.#api = api;
    this.#player = player;
    const signal = this.#done.signal;
    player.addEventListener("change", () => this.#tellServer(), { signal });
    player.addEventListener("broken", () => this.#relink(), { signal });
    window.addEventListener("online", () => this.connection?.networkReturned(), { signal });
    for (const type of ["online", "offline"]) window.addEventListener(type, () => this.#changed(), { signal });
  }

  /**
   * Have a podcast made and play it. Call it in the click that asks for it.
   * @param {{minutes: number, topic?: string, draft?: boolean}} request
   * @param {import("./opening.js").Opening | null} [opening]  what it begins with, as far as is known: heard at once
   */
  async request(request, opening = null) {
    this.minutes = request.minutes;
    this.draft = request.draft ?? false;
    this.begin(request.topic ?? "");
    this.#changed(); // what is to be seen of it is there before the answer, and stays in its place
    if (!this.draft) this.#startStream();
    const canHear = !this.draft && this.#player.canStream;
    if (opening && canHear) this.#hear(opening);
    try {
      const accepted = await this.#api.generate(request, canHear && !opening);
      if (this.#done.signal.aborted) return;
      if (opening && accepted.opening?.digest !== opening.digest) this.#unhear();
      if (!opening && accepted.opening && "sound" in accepted.opening) this.#hear(readOpening(accepted.opening));
      this.id = accepted.cpoa_workflow_id;
      if (!this.draft) this.#connect(accepted);
      this.#pollSoon(this.draft ? DRAFT_POLL_MS : POLL_MS);
    } catch (error) {
      if (opening) this.#unhear(); // nothing will follow it
      this.#failed(error);
    }
    this.#changed();
  }

  /** Play the first packets before there is a stream, which then begins after them. @param {import("./opening.js").Opening} opening */
  #hear({ packets, preSkip, segments }) {
    this.#player.setFormat({ preSkip, channels: 1 });
    this.#player.arrived(this.store.add(0, packets));
    let firstPacket = 0;
    for (const segment of segments) {
      this.addTurn({ ...segment, type: "segment", chapter: "", firstPacket });
      firstPacket += segment.packets;
    }
    this.#changed();
  }

  /** The podcast begins otherwise: nothing of what was played counts, and its stream begins at packet 0. */
  #unhear() {
    if (!this.store.end) return;
    this.store = new PacketStore();
    this.turns = [];
    if (this.#player.canStream) this.#player.openStream(this.store);
    this.#player.play();
  }

  /** Have the script of a draft voiced, and hear it. Call it in the click that asks for it. @param {import("./api.js").SegmentEdit[]} edits */
  async approve(edits) {
    if (!this.id) return;
    this.#startStream();
    try {
      this.#learn(await this.#api.approve(this.id, edits));
      if (this.#player.canStream) this.#connect(await this.#api.openStream(this.id));
      this.#pollSoon(POLL_MS);
    } catch (error) {
      this.#player.close();
      throw error;
    } finally {
      this.#changed();
    }
  }

  /** Hear one from the library, or one that is being made. @param {string} id @param {number | Promise<number>} [begin] seconds */
  async open(id, begin = 0) {
    this.id = id;
    this.isAsked = true;
    try {
      const [podcast, from] = await Promise.all([this.#api.show(id), begin]);
      if (this.#done.signal.aborted) return;
      this.isAsked = false;
      this.error = null;
      this.#learn(podcast);
      if (this.state === "COMPLETED") {
        await this.#openFinished(from);
      } else if (this.isOver) {
        await this.#openStopped(from);
      } else if (this.draft) {
        this.#pollSoon(DRAFT_POLL_MS);
      } else {
        this.#startStream(from);
        if (this.#player.canStream) this.#connect(await this.#api.openStream(id));
        this.#pollSoon(POLL_MS);
      }
    } catch (error) {
      this.isAsked = false;
      this.#failed(error);
    }
    this.#changed();
  }

  /** Play or pause; the finished episode is heard from its file once the stream has been heard to its end. */
  toggle() {
    if (!this.sounds) this.#player.expectSound(); // not when the page was loaded
    this.sounds = true;
    const file = this.#fileUrl();
    if (this.#player.state === "ended" && file && !this.#player.isFile) this.#playFile(file);
    this.#player.toggle();
  }

  /** @param {number} position seconds; where the stream has not come to it yet, the finished file has */
  seek(position) {
    const file = this.#fileUrl();
    if (file && !this.#player.isFile && position > this.#player.availableS) {
      const wasPlaying = !this.#player.paused;
      this.#closeConnection();
      this.#fetching.abort();
      this.#player.openFile(file, position);
      if (wasPlaying) this.#player.play();
      void this.#readScript();
      return;
    }
    if (!this.#player.isFile && !this.streamEnded && position > this.#player.availableS) this.dispatchEvent(new Event("unmade"));
    this.#player.seek(position);
    this.#reportSoon(); // the server sends ahead of where the listener is
  }

  async cancel() {
    if (!this.id) return;
    try {
      this.#learn(await this.#api.cancel(this.id));
      await this.#readScript();
    } catch (error) {
      this.#trouble(error); // and it goes on
    }
    this.#changed();
  }

  /** It is to sound otherwise than a file does: open that anew, where it is. */
  reopen() {
    const file = this.#fileUrl();
    if (!file || !this.#player.isFile) return;
    const wasPlaying = !this.#player.paused;
    this.#playFile(file, this.#player.position);
    if (wasPlaying) this.#player.play();
  }

  /** Who waits for its page is told that it does not come, sooner than the last attempt fails. @param {boolean} isAway  the server */
  tellAway(isAway) {
    if (this.isAsked) this.error = isAway ? { code: "unreachable" } : null;
    this.#changed();
  }

  /** Let go of everything. */
  close() {
    this.#done.abort();
    this.#fetching.abort();
    clearTimeout(this.#poll);
    this.#closeConnection();
    this.#player.close();
  }

  /** Length in seconds as far as it is known: of the whole, else of what has been asked for. */
  get durationS() {
    if (this.streamEnded) return this.store.endMs / 1000;
    if (this.#player.isFile && this.#player.availableS) return this.#player.availableS;
    if (this.durationMs !== null) return this.durationMs / 1000;
    if (this.voicedS) return this.voicedS;
    return Math.max((this.minutes ?? DEFAULT_MINUTES) * 60, this.store.endMs / 1000 + 5);
  }

  /** Whether `durationS` is the real length. */
  get durationKnown() {
    return this.streamEnded || this.durationMs !== null || Boolean(this.voicedS);
  }

  /** @param {number} [from] seconds */
  #startStream(from = 0) {
    this.#player.expectSound();
    if (!this.#player.canStream) return;
    this.#player.openStream(this.store, from);
    if (this.sounds) this.#player.play();
  }

  /** @param {import("./stream/connection.js").StreamGrant} grant */
  #connect(grant) {
    if (!this.#player.canStream) return;
    this.connection = new Connection({
      grant,
      renew: () => this.#api.openStream(this.id ?? ""),
      nextPacket: () => this.store.end,
      metrics: () => this.#howItGoes(),
      on: {
        control: (message) => this.#control(message),
        audio: (first, packets) => this.#arrived(first, packets),
        state: (state, failure) => this.#connectionIs(state, failure),
      },
    });
    this.connectionState = this.connection.state;
  }

  /** @param {number} first @param {Uint8Array<ArrayBuffer>[]} packets */
  #arrived(first, packets) {
    this.#player.arrived(this.store.add(first, packets));
    const endS = this.store.endMs / 1000;
    if (this.#player.position <= endS || endS < this.#caughtUpTo + CATCHING_UP_S) return;
    this.#caughtUpTo = endS;
    this.#report();
  }

  #closeConnection() {
    clearTimeout(this.#metrics);
    this.connection?.close();
    this.connection = null;
  }

  /** @param {import("./stream/wire.js").ServerMessage} message */
  #control(message) {
    switch (message.type) {
      case "stream_metadata":
        this.named(message.title);
        this.#player.setFormat({ preSkip: message.preSkip, channels: message.channels ?? 1 });
        break;
      case "segment":
        this.addTurn(message);
        break;
      case "progress":
        this.progress(message);
        if (message.state === "DONE" && ASKED_AFTER.has(message.stage)) this.#pollSoon(0);
        break;
      case "stream_end":
        this.streamEnded = true;
        this.#player.complete();
        this.#pollSoon(0);
        break;
    }
    this.#changed();
  }

  /** @param {import("./stream/connection.js").ConnectionState} state @param {import("./stream/connection.js").Failure | null} failure */
  #connectionIs(state, failure) {
    this.connectionState = state;
    this.unreachable = state === "waiting" && failure !== null;
    if (state === "failed" && failure) {
      this.#failed(failure);
      this.#pollSoon(0); // whether it is the podcast that has failed, or the way to it alone
    }
    if (state === "open") this.#report();
    this.#changed();
  }

  /** @param {number} ms */
  #pollSoon(ms) {
    clearTimeout(this.#poll);
    this.#poll = setTimeout(() => void this.lookAgain(), ms);
  }

  /** Ask how it stands now: links to its files are good for a while only. */
  async lookAgain() {
    if (!this.id) return;
    try {
      this.#learn(await this.#api.show(this.id));
      if (this.state === "COMPLETED" && this.connectionState === "none" && !this.#player.isFile) await this.#openFinished(0);
    } catch (error) {
      if (error instanceof ApiError && error.final) {
        this.#closeConnection(); // nothing is to follow what is taken for the end
        this.#failed(error);
        this.#changed();
        return; // the next time would bring the same
      }
    }
    if (this.#done.signal.aborted) return;
    if (this.state === "GENERATING" || this.awaitsFile) this.#pollSoon(this.draft ? DRAFT_POLL_MS : POLL_MS);
    this.#changed();
  }

  /** @param {import("./api.js").Podcast} podcast */
  #learn(podcast) {
    this.learn(podcast);
    if (this.isOver && !this.connection) this.#settle(); // over a connection comes what was made, and then its end
  }

  /** @param {number} from seconds */
  async #openFinished(from) {
    const file = this.#fileUrl();
    if (!file) {
      this.#pollSoon(POLL_MS);
      return;
    }
    this.connectionState = "file";
    this.#player.expectSound();
    this.#playFile(file, from);
    if (this.sounds) this.#player.play();
    await this.#readScript();
  }

  /** The finished episode, or its packets where some of them are to be left out. @param {string} file @param {number} [from] seconds */
  #playFile(file, from = 0) {
    this.#fetching.abort();
    const packets = this.artifacts?.audio;
    if (this.#player.shortens && this.#player.canStream && packets) void this.#playPackets(packets, file, from);
    else this.#player.openFile(file, from);
  }

  /** @param {string} packets  the address of its Ogg file @param {string} file  what is played where that cannot be had @param {number} from seconds */
  async #playPackets(packets, file, from) {
    const { signal } = (this.#fetching = new AbortController());
    const store = (this.store = new PacketStore());
    this.streamEnded = false;
    this.#player.openStream(store, from);
    try {
      const { fetchOpus } = await import("./media/ogg.js");
      await fetchOpus(packets, signal, (some, format) => {
        this.#player.setFormat(format);
        this.#player.arrived(store.add(store.end, some));
      });
      this.streamEnded = true;
      this.#player.complete();
    } catch {
      if (signal.aborted) return;
      const [position, wasPlaying] = [this.#player.position, !this.#player.paused];
      this.#player.openFile(file, position);
      if (wasPlaying) this.#player.play();
    }
    this.#changed();
  }

  /** What was made of one that is over: read, and heard as far as it was voiced. @param {number} from seconds */
  async #openStopped(from) {
    await this.#readScript();
    if (!this.voicedS || !this.#player.canStream || this.#done.signal.aborted) return;
    this.#startStream(from < this.voicedS ? from : 0);
    this.#connect(await this.#api.openStream(this.id ?? ""));
  }

  /** The finished script: what the stream would have told along with the sound. */
  async #readScript() {
    try {
      this.addScript((await this.#api.script(this.id ?? "")).segments);
    } catch (error) {
      this.#trouble(error); // and the sound goes on
    }
    this.#changed();
  }

  /** The finished episode in a format that this browser plays. */
  #fileUrl() {
    const audio = new Audio();
    return playableFile(this.artifacts, (type) => audio.canPlayType(type));
  }

  /** It is finished, and what this browser plays of it comes a little later. */
  get awaitsFile() {
    return this.state === "COMPLETED" && !this.#player.isFile && !this.streamEnded && this.connection === null && this.#fileUrl() === null;
  }

  async #relink() {
    const position = this.#player.position;
    const now = performance.now();
    if (this.#player.isFile && this.id && now - this.#relinkedAt > RELINK_AGAIN_MS) {
      this.#relinkedAt = now;
      try {
        this.#learn(await this.#api.show(this.id));
        const file = this.#fileUrl();
        if (file) {
          this.#player.openFile(file, position);
          this.#player.play();
          return;
        }
      } catch {
        // Told below, as it would have been without trying
      }
    }
    this.#failed({ code: "playback_failed" });
    this.#changed();
  }

  #tellServer() {
    const { state, stalls, firstSoundMs, rate } = this.#player;
    this.connection?.setPaused(state === "paused" || state === "blocked");
    const toTell = `${stalls} ${firstSoundMs} ${rate}`;
    if (toTell !== this.#told) this.#report();
    this.#told = toTell;
  }

  /** Now, and again and again. At double speed the ears leave twice as soon where the server believes them to be. */
  #report() {
    clearTimeout(this.#metrics);
    if (!this.connection) return;
    this.connection.report();
    this.#reportIn(METRICS_MS / Math.max(1, this.#player.rate));
  }

  /** A key that is held down goes through a podcast in many steps, of which the server need not know each. */
  #reportSoon() {
    clearTimeout(this.#metrics);
    this.#reportIn(SETTLED_MS);
  }

  /** @param {number} ms */
  #reportIn(ms) {
    this.#metrics = setTimeout(() => this.#report(), ms);
  }

  /** @returns {import("./stream/wire.js").ClientMetrics} */
  #howItGoes() {
    const player = this.#player;
    return {
      played_ms: Math.round(player.position * 1000),
      buffered_ms: Math.round(player.aheadMs),
      stalls: player.stalls,
      stalled_ms: Math.round(player.stalledMs),
      decode_errors: player.decodeErrors,
      reconnects: this.connection?.reconnects ?? 0,
      dropped_messages: this.connection?.dropped ?? 0,
      ...(player.firstSoundMs === null ? {} : { first_audio_ms: Math.round(player.firstSoundMs) }),
    };
  }

  /** @param {unknown} error */
  #trouble(error) {
    this.error = /** @type {{code?: string, message?: string, status?: number}} */ (error);
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#trouble(error);
    this.#settle();
  }

  /** Nothing more will come: what is there is heard to its end. */
  #settle() {
    if (this.#player.isFile) return;
    this.streamEnded = this.store.end > 0;
    if (this.streamEnded) this.#player.complete();
    else this.#player.close();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
