/** What is known of one podcast: how its making goes, who says what when, and what it is made from. */

import { PACKET_MS } from "./contract.js";

/**
 * @typedef {object} Turn  one spoken segment in its place
 * @property {number} index
 * @property {string} kind
 * @property {string} speaker
 * @property {string} text
 * @property {string} chapter
 * @property {number} start  seconds
 * @property {number} end  `start` where it has no sound
 * @property {unknown} [source]
 */

export class Production extends EventTarget {
  /** @type {string | null} */
  id = null;
  title = "";
  /** @type {import("./api.js").PodcastState} */
  state = "GENERATING";
  /** @type {Record<string, import("./api.js").StageState>} */
  stages = {};
  /** @type {string} What is being done at this moment. */
  detail = "";
  written = 0;
  voiced = 0;
  /** @type {Turn[]} */
  turns = [];
  /** @type {import("./api.js").Source[]} */
  sources = [];
  /** Sources that gave nothing. @type {import("./api.js").Podcast["source_problems"]} */
  sourceProblems = [];
  /** @type {Record<string, string> | null} */
  artifacts = null;
  /** Its picture, once this page has it. @type {string | null} */
  cover = null;
  /** BCP 47; "" while it is not known. */
  language = "";
  /** @type {number | null} */
  durationMs = null;
  /** What it is an episode of. @type {string | null} */
  show = null;
  /** How long it was asked to be, in minutes; null where that is not known. @type {number | null} */
  minutes = null;
  /** Of one that is over: how much of it is heard, in seconds; null while that is not known. @type {number | null} */
  voicedS = null;
  /** Nothing is voiced until its script is approved. */
  draft = false;
  /** @type {{code?: string, message?: string, status?: number} | null} */
  error = null;

  /** Whether nothing more will come of it. */
  get isOver() {
    return this.state === "FAILED" || this.state === "CANCELLED";
  }

  /** Whether there is none that could go on: of one that is there, and was merely lost sight of, another would be made besides. */
  get isToBeMade() {
    return this.id === null || this.isOver;
  }

  /** The turn that is heard at `position`, in seconds. @param {number} position */
  turnAt(position) {
    return this.turns.findLast(({ start, end }) => start <= position && start < end) ?? null;
  }

  /** `number` as the API counts them: turns without a chapter are one, too. @returns {{title: string, start: number, number: number}[]} */
  get chapters() {
    /** @type {{title: string, start: number, number: number}[]} */
    const chapters = [];
    let [number, before] = [0, ""];
    for (const { chapter, start } of this.turns) {
      const title = chapter || this.title;
      if (number === 0 || title !== before) number++;
      before = title;
      if (chapter && chapter !== chapters.at(-1)?.title) chapters.push({ title: chapter, start, number });
    }
    return chapters;
  }

  /** What the server calls DONE is whole: the script of a draft is there to be edited. */
  get isWritten() {
    return this.stages.weave === "DONE";
  }

  /** It has been asked for. @param {string} title as far as it is known */
  begin(title) {
    this.title = title;
    this.stages = { harvest: "RUNNING", weave: "PENDING", forge: "PENDING", master: "PENDING" };
  }

  /** @param {string} title  "" while it has none */
  named(title) {
    this.title = title || this.title;
  }

  /** As the API tells it. @param {import("./api.js").Podcast} podcast */
  learn(podcast) {
    if (podcast.state === "GENERATING" && this.state !== "GENERATING") return; // an answer that was overtaken
    this.state = podcast.state;
    this.named(podcast.title);
    this.language = podcast.language;
    this.stages = podcast.stages;
    this.sources = podcast.sources ?? [];
    this.sourceProblems = podcast.source_problems ?? [];
    this.artifacts = podcast.artifacts;
    this.durationMs = podcast.duration_ms;
    this.minutes = podcast.minutes ?? this.minutes;
    this.show = podcast.show ?? null;
    this.draft = podcast.draft;
    this.error = podcast.error ?? this.error;
    this.#count(podcast.segments);
  }

  /** As the streamer tells it. @param {import("./stream/wire.js").Progress} progress */
  progress({ stage, state, detail }) {
    this.stages = { ...this.stages, [stage]: /** @type {import("./api.js").StageState} */ (state) };
    this.detail = detail ?? this.detail;
  }

  /** @param {import("./stream/wire.js").Segment} segment */
  addTurn({ index, kind, speaker, text, chapter, firstPacket, packets, source }) {
    if (this.turns.some((turn) => turn.index === index)) return; // told again after a reconnection
    const [start, end] = [firstPacket, firstPacket + packets].map((packet) => (packet * PACKET_MS) / 1000);
    this.turns.push({ index, kind, speaker, text, chapter: chapter ?? "", source, start, end });
    this.turns.sort((one, other) => one.index - other.index);
  }

  /**
   * The script, as far as it was voiced. Of one that is over, what had been written besides: from the first turn without
   * sound on, none is heard.
   * @param {import("./api.js").ScriptSegment[]} segments
   */
  addScript(segments) {
    let firstPacket = 0;
    let heard = true;
    for (const segment of segments) {
      if (!segment.packets && !this.isOver) continue;
      heard &&= Boolean(segment.packets);
      const packets = heard ? (segment.packets ?? 0) : 0;
      this.addTurn({ ...segment, type: "segment", firstPacket, packets });
      firstPacket += packets;
    }
    if (this.isOver) this.voicedS = (firstPacket * PACKET_MS) / 1000;
  }

  /** Answers may overtake each other. @param {{written?: number, voiced?: number}} [now] */
  #count({ written = 0, voiced = 0 } = {}) {
    this.written = Math.max(this.written, written);
    this.voiced = Math.max(this.voiced, voiced);
  }
}
