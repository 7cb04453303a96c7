/**
 * Lines that somebody wants to have again: kept on this device and listed beside the transcript, or handed on as a
 * picture, or as their sound.
 */

import { cutMp3 } from "../media/mp3_clip.js";
import { byId, el, icon } from "./dom.js";
import { clock } from "./format.js";
import { recall, remember } from "./memory.js";
import { picture } from "./quote_picture.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

/** Of all podcasts together: the oldest go. */
const MOST = 500;
const MAX_NAME = 60;

/** @typedef {import("../episode.js").Episode} Episode */
/** @typedef {import("../production.js").Turn} Turn */
/** @typedef {{id: string, start: number, speaker: string, text: string}} Moment  of the podcast `id`, at `start` seconds */

export class Moments {
  #section = byId("moments-section", HTMLElement);
  #list = byId("moments", HTMLElement);
  #keep = byId("moment-keep", HTMLButtonElement);
  #sound = byId("moment-sound", HTMLButtonElement);
  #bar = byId("moment-bar", HTMLElement);
  #seek;
  /** @type {Episode | null} */
  #episode = null;
  /** @type {Turn | null} */
  #turn = null;
  #shown = "";

  /** @param {(seconds: number) => void} seek */
  constructor(seek) {
    this.#seek = seek;
    this.#keep.addEventListener("click", () => this.#toggle());
    byId("moment-picture", HTMLButtonElement).addEventListener("click", (event) => void this.#hand(event, "png", (episode, turn) => picture(episode.title, turn)));
    this.#sound.addEventListener("click", (event) => void this.#hand(event, "mp3", ({ artifacts }, { start, end }) => cutMp3(artifacts?.mp3 ?? "", start, end)));
  }

  /** @param {Episode} episode */
  show(episode) {
    this.#episode = episode;
    this.#sound.hidden = !episode.artifacts?.mp3;
    const kept = all().filter(({ id }) => id === episode.id);
    const shown = JSON.stringify(kept);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#section.hidden = kept.length === 0;
    this.#list.replaceChildren(...kept.sort((one, other) => one.start - other.start).map((moment) => this.#row(moment)));
  }

  /** A line that something is to be done with; null where it is the whole podcast. @param {Turn | null} turn */
  choose(turn) {
    this.#turn = turn;
    this.#bar.hidden = turn === null;
    this.#keep.setAttribute("aria-pressed", String(turn !== null && this.#isKept(turn)));
  }

  /** @param {Moment} moment */
  #row(moment) {
    const { start, text } = moment;
    const time = clock(start);
    return el(
      "li",
      {},
      el("button", { type: "button", onclick: () => this.#seek(start) }, el("time", {}, time), el("q", { dir: "auto" }, text)),
      el("button", { class: "icon-button", type: "button", "aria-label": say("Take this moment out, {time}", { time }), onclick: () => this.#forget(moment) }, icon("close")),
    );
  }

  /** @param {Turn} turn */
  #isKept({ start }) {
    return all().some((moment) => moment.id === this.#episode?.id && moment.start === start);
  }

  #toggle() {
    const [episode, turn] = [this.#episode, this.#turn];
    if (!episode?.id || !turn) return;
    const { start, speaker, text } = turn;
    if (this.#isKept(turn)) this.#forget({ id: episode.id, start, speaker, text });
    else {
      remember("moments", [...all(), { id: episode.id, start, speaker, text }].slice(-MOST));
      toast(say("Kept, beside the transcript"));
    }
    this.choose(turn);
    this.show(episode);
  }

  /** @param {Moment} gone */
  #forget({ id, start }) {
    remember("moments", all().filter((moment) => moment.id !== id || moment.start !== start));
    if (this.#episode) this.show(this.#episode);
    if (!this.#section.hidden) this.#list.querySelector("button")?.focus();
  }

  /**
   * To another app where the device has such, else as a file.
   * @param {Event} event
   * @param {string} kind
   * @param {(episode: Episode, turn: Turn) => Promise<Blob>} make
   */
  async #hand({ currentTarget }, kind, make) {
    const button = /** @type {HTMLButtonElement} */ (currentTarget);
    const [episode, turn] = [this.#episode, this.#turn];
    if (!episode || !turn) return;
    button.disabled = true;
    try {
      const made = await make(episode, turn);
      const file = new File([made], `${episode.title.slice(0, MAX_NAME)} ${clock(turn.start).replaceAll(":", ".")}.${kind}`, { type: made.type });
      if (navigator.canShare?.({ files: [file] }) && matchMedia("(pointer: coarse)").matches) {
        await navigator.share({ files: [file] }).catch(() => {}); // they thought better of it
      } else save(file);
    } catch {
      toast(say("It could not be made; try again"));
    }
    button.disabled = false;
  }
}

/** @returns {Moment[]} */
const all = () => recall("moments", /** @type {Moment[]} */ ([]));

/** @param {File} file */
function save(file) {
  const href = URL.createObjectURL(file);
  el("a", { href, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000); // the browser has begun by then
}
