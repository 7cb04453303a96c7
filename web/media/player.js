/**
 * What plays: one audio element, fed packet by packet while a podcast is made, or playing the finished episode's file.
 *
 * The element stays the same for the page's life: a browser that wants a click before sound is content with the first.
 */

import { findMediaSource } from "./containers.js";
import { StreamSource } from "./stream_source.js";

/**
 * idle: nothing is open. starting: no sound yet. buffering: ran dry, goes on by itself. blocked: the browser wants a
 * click first.
 * @typedef {"idle" | "starting" | "buffering" | "playing" | "paused" | "blocked" | "ended" | "failed"} PlayerState
 */

/** A broken packet is stepped over, and the element built anew behind it. */
const STEP_OVER_S = 0.2;
const MAX_DECODE_ERRORS = 8;
/** Near the end of what has arrived one cannot jump closer than this. */
const EDGE_S = 0.5;

export class Player extends EventTarget {
  decodeErrors = 0;
  /** ms from `expectSound` to the first sound. @type {number | null} */
  firstSoundMs = null;
  #audio;
  /** @type {StreamSource | null} */
  #stream = null;
  /** @type {import("../stream/packet_store.js").PacketStore | null} */
  #store = null;
  /** What the element is fed with in its place, where long pauses are left out. @type {import("./shortened.js").Shortened | null} */
  #shortened = null;
  /** What leaves them out, while it is to. @type {typeof import("./shortened.js").Shortened | null} */
  #shortens = null;
  #sound = "";
  /** Where to go once so much has come that its place is known: in seconds of the podcast. @type {number | null} */
  #from = null;
  /** @type {Promise<import("./louder.js").Louder> | null} */
  #amplifier = null;
  #louder = false;
  /** @type {import("./containers.js").OpusStream | null} */
  #format = null;
  #complete = false;
  #isFile = false;
  #blocked = false;
  #failed = false;
  /** The file's element is not to be asked for its position before it has been set. @type {number | null} */
  #fileFrom = null;
  /** The listener wants to hear it. An element that breaks no longer tells. */
  #wanted = false;
  #askedAt = 0;
  #rate = 1;

  /** @param {HTMLAudioElement} audio @param {import("./containers.js").Container | null} container  what this browser takes packets in */
  constructor(audio, container) {
    super();
    this.#audio = audio;
    this.MediaSource = findMediaSource(globalThis);
    this.container = container;
    for (const type of ["play", "pause", "playing", "waiting", "ended", "seeked", "ratechange", "durationchange"]) {
      audio.addEventListener(type, () => this.#changed());
    }
    audio.addEventListener("playing", () => this.#sounding());
    audio.addEventListener("pause", () => (this.#wanted &&= audio.error !== null || audio.ended)); // unplugged headphones, say
    audio.addEventListener("loadedmetadata", () => this.#settleFile());
    audio.addEventListener("error", () => this.#broken());
  }

  /** Whether this browser can play while a podcast is still being made. */
  get canStream() {
    return this.container !== null;
  }

  /** The clock of "time to first sound" starts: the listener has asked. */
  expectSound() {
    this.#askedAt = performance.now();
    this.firstSoundMs = null;
  }

  /**
   * Play what comes into `store`.
   * @param {import("../stream/packet_store.js").PacketStore} store
   * @param {number} [from]  position to begin at, in seconds, once that has come
   */
  openStream(store, from = 0) {
    this.#reset();
    this.#store = store;
    this.#attach(from);
  }

  /** @param {import("./containers.js").OpusStream} format */
  setFormat(format) {
    this.#format = format;
    this.#stream?.setFormat(format);
  }

  /** @param {number} packets that have just come into the store */
  arrived(packets) {
    this.#stream?.arrived(performance.now(), this.#shortened ? this.#shortened.take() : packets);
    this.#approach();
  }

  complete() {
    this.#complete = true;
    this.#shortened?.complete();
    this.#approach();
    this.#stream?.complete();
    this.#changed();
  }

  /** Play a file. @param {string} url @param {number} [from] position to begin at, in seconds */
  openFile(url, from = 0) {
    this.#reset();
    this.#isFile = true;
    this.#fileFrom = from;
    this.#audio.disableRemotePlayback = false; // a file plays on a television, too
    this.#audio.src = url;
    this.#audio.playbackRate = this.#rate;
    this.#changed();
  }

  close() {
    this.#reset();
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#changed();
  }

  /** @returns {PlayerState} */
  get state() {
    const audio = this.#audio;
    if (this.#failed) return "failed";
    if (!this.#stream && !this.#isFile) return "idle";
    if (audio.ended) return "ended";
    if (audio.paused) return this.#blocked ? "blocked" : "paused";
    if (this.#stream && !this.#stream.gate.open) return this.#stream.gate.stalls ? "buffering" : "starting";
    if (audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return this.firstSoundMs === null ? "starting" : "buffering";
    return "playing";
  }

  get isFile() {
    return this.#isFile;
  }

  /** Where the listener is, in seconds. */
  get position() {
    const bound = this.#fileFrom ?? this.#from;
    if (bound !== null) return bound;
    const played = this.#stream?.position ?? this.#audio.currentTime;
    return this.#shortened?.whole(played) ?? played;
  }

  /** How long it takes to come to a place ahead, as it plays now: in ms. @param {number} position */
  msUntil(position) {
    const [here, there] = [this.position, position].map((at) => this.#shortened?.played(at) ?? at);
    return ((there - here) * 1000) / this.#rate;
  }

  /** How much there is to hear at this moment, in seconds. */
  get availableS() {
    if (this.#store) return this.#store.endMs / 1000;
    return Number.isFinite(this.#audio.duration) ? this.#audio.duration : 0;
  }

  /** Audio ahead of the listener, in ms: in the browser's buffer and in the store. */
  get aheadMs() {
    return this.#stream ? this.#stream.aheadMs : Math.max(0, (this.availableS - this.position) * 1000);
  }

  get stalls() {
    return this.#stream?.gate.stalls ?? 0;
  }

  get stalledMs() {
    return this.#stream?.gate.stalledMs ?? 0;
  }

  /** Arrival rate, real time being 1. */
  get arrivalRate() {
    return this.#stream?.arrivals.at(performance.now()) ?? 0;
  }

  get rate() {
    return this.#rate;
  }

  set rate(rate) {
    this.#rate = rate;
    this.#audio.preservesPitch = true;
    this.#audio.defaultPlaybackRate = rate;
    if (this.#stream) this.#stream.rate = rate;
    else this.#audio.playbackRate = rate;
  }

  /** At what rate it sounds: less than was chosen where more than that is not being made. */
  get soundingRate() {
    return this.#audio.playbackRate;
  }

  /**
   * Have it sound so, besides its speed: "" as it is, "shorter" by most of its long pauses, "louder", or both. Rejects where
   * what that takes cannot be loaded.
   * @param {string} words
   */
  async setSound(words) {
    this.#sound = words;
    this.#raise(words.includes("louder"));
    const shortens = words.includes("shorter") ? (await import("./shortened.js")).Shortened : null;
    if (this.#sound === words) this.#shorten(shortens);
  }

  /** Whether most of long pauses is left out, of what comes packet by packet. */
  get shortens() {
    return this.#shortens !== null;
  }

  get paused() {
    return this.#audio.paused;
  }

  /** Call it in the click that asks for sound: later the browser may not allow it. */
  play() {
    if (this.state === "ended") this.seek(0);
    this.#wanted = true;
    this.#amplify();
    this.#audio.play().then(
      () => this.#unblocked(),
      (/** @type {DOMException} */ error) => {
        this.#blocked = error.name === "NotAllowedError";
        this.#changed();
      },
    );
    this.#changed();
  }

  pause() {
    this.#blocked = this.#wanted = false;
    this.#audio.pause();
  }

  toggle() {
    if (this.#audio.paused || this.#audio.ended) this.play();
    else this.pause();
  }

  /** @param {number} position in seconds; brought into what can be heard */
  seek(position) {
    const edge = this.#complete || this.#isFile ? 0 : EDGE_S;
    const target = Math.max(0, Math.min(position, Math.max(0, this.availableS - edge)));
    this.#from = null;
    if (this.#stream) this.#stream.seek(this.#shortened?.played(target) ?? target);
    else if (this.#fileFrom !== null) this.#fileFrom = position;
    else this.#audio.currentTime = target;
    this.#changed();
  }

  /** @param {number} seconds */
  skip(seconds) {
    this.seek(this.position + seconds);
  }

  /** @param {typeof import("./shortened.js").Shortened | null} shortens */
  #shorten(shortens) {
    if (shortens === this.#shortens) return;
    const [position, plays] = [this.position, !this.#audio.paused];
    this.#shortens = shortens;
    if (!this.#store) return;
    this.#attach(position);
    if (plays) this.play();
  }

  /** @param {boolean} louder */
  #raise(louder) {
    if (louder === this.#louder) return;
    this.#louder = louder;
    this.#audio.crossOrigin = "anonymous"; // else a file from elsewhere is silent when it is amplified
    if (!this.#audio.paused) this.#amplify();
  }

  /** @param {number} from position, in seconds */
  #attach(from) {
    if (!this.#store || !this.container || !this.MediaSource) return;
    const counted = this.#stream;
    this.#stream?.close();
    this.#shortened = this.#shortens && new this.#shortens(this.#store);
    this.#stream = new StreamSource({
      audio: this.#audio,
      store: this.#shortened ?? this.#store,
      container: this.container,
      MediaSource: this.MediaSource,
      onchange: () => this.#changed(),
      from: this.#shortened?.played(from) ?? from,
    });
    this.#from = this.#shortened && from > this.availableS ? from : null;
    if (counted) {
      this.#stream.gate.stalls = counted.gate.stalls;
      this.#stream.gate.stalledMs = counted.gate.stalledMs;
    }
    this.#stream.rate = this.#rate;
    if (this.#format) this.#stream.setFormat(this.#format);
    if (this.#complete) this.complete();
  }

  /** What is left out before a place is known once it is there. */
  #approach() {
    if (this.#from === null || !this.#shortened) return;
    const from = this.#from;
    if (this.#complete || from <= this.availableS) this.#from = null;
    this.#stream?.seek(this.#shortened.played(from));
  }

  /** Where it is to be louder, or was: what makes it so is loaded for that alone. */
  #amplify() {
    if (!this.#louder && !this.#amplifier) return;
    this.#amplifier ??= import("./louder.js").then(({ Louder }) => new Louder(this.#audio));
    this.#amplifier.then((amplifier) => amplifier.set(this.#louder)).catch(() => (this.#amplifier = null)); // as loud as it is
  }

  #reset() {
    this.#stream?.close();
    this.#stream = this.#store = this.#shortened = this.#format = this.#fileFrom = this.#from = null;
    this.#complete = this.#isFile = this.#failed = this.#blocked = this.#wanted = false;
    this.decodeErrors = 0;
  }

  #unblocked() {
    this.#blocked = false;
    this.#changed();
  }

  #sounding() {
    this.#blocked = false;
    this.firstSoundMs ??= performance.now() - this.#askedAt;
    this.#changed();
  }

  #settleFile() {
    if (!this.#isFile || this.#fileFrom === null) return;
    this.#audio.currentTime = Math.min(this.#fileFrom, this.#audio.duration || Infinity);
    this.#fileFrom = null;
    this.#changed();
  }

  #broken() {
    if (!this.#audio.getAttribute("src")) return;
    const position = this.position;
    this.decodeErrors++;
    if (this.#stream && this.decodeErrors <= MAX_DECODE_ERRORS) {
      this.#attach(position + STEP_OVER_S);
      if (this.#wanted) this.play();
    } else {
      this.#failed = true;
      this.dispatchEvent(new Event("broken")); // a link to a file that has expired, for one
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
