/**
 * Lines that somebody wants to have again: kept and listed beside the transcript, or handed on as a picture, or as their
 * sound.
 */

import { id3 } from "../media/id3.js";
import { cutMp3 } from "../media/mp3_clip.js";
import { byId, el, icon } from "./dom.js";
import { clock } from "./format.js";
import { picture } from "./quote_picture.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

const MAX_NAME = 60;

/** @typedef {import("../episode.js").Episode} Episode */
/** @typedef {import("../production.js").Turn} Turn */

export class Moments {
  #section = byId("moments-section", HTMLElement);
  #list = byId("moments", HTMLElement);
  #keep = byId("moment-keep", HTMLButtonElement);
  #sound = byId("moment-sound", HTMLButtonElement);
  #bar = byId("moment-bar", HTMLElement);
  #kept;
  #seek;
  /** @type {Episode | null} */
  #episode = null;
  /** @type {Turn | null} */
  #turn = null;
  #shown = "";

  /** @param {import("./kept_moments.js").KeptMoments} kept @param {(seconds: number) => void} seek */
  constructor(kept, seek) {
    this.#kept = kept;
    this.#seek = seek;
    this.#keep.addEventListener("click", () => this.#toggle());
    byId("moment-picture", HTMLButtonElement).addEventListener("click", (event) => void this.#hand(event, "png", (episode, turn) => picture(episode.title, turn)));
    this.#sound.addEventListener("click", (event) => void this.#hand(event, "mp3", clip));
  }

  /** @param {Episode} episode */
  show(episode) {
    this.#episode = episode;
    this.#sound.hidden = !episode.artifacts?.mp3;
    this.#kept.meet(episode);
    const kept = episode.turns.filter((turn) => this.#kept.has(episode, turn));
    const shown = JSON.stringify(kept);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#section.hidden = kept.length === 0;
    this.#list.replaceChildren(...kept.map((turn) => this.#row(turn)));
  }

  /** A line that something is to be done with; null where it is the whole podcast. @param {Turn | null} turn */
  choose(turn) {
    this.#turn = turn;
    this.#bar.hidden = turn === null;
    this.#keep.setAttribute("aria-pressed", String(turn !== null && this.#episode !== null && this.#kept.has(this.#episode, turn)));
  }

  /** @param {Turn} turn */
  #row(turn) {
    const { start, text } = turn;
    const time = clock(start);
    return el(
      "li",
      {},
      el("button", { type: "button", onclick: () => this.#seek(start) }, el("time", {}, time), el("q", { dir: "auto" }, text)),
      el("button", { class: "icon-button", type: "button", "aria-label": say("Take this moment out, {time}", { time }), onclick: () => void this.#forget(turn) }, icon("close")),
    );
  }

  #toggle() {
    const [episode, turn] = [this.#episode, this.#turn];
    if (!episode?.id || !turn) return;
    if (this.#kept.has(episode, turn)) void this.#forget(turn);
    else {
      this.#kept.keep(episode, turn);
      toast(say("Kept, beside the transcript"));
    }
    this.choose(turn);
    this.show(episode);
  }

  /** @param {Turn} turn */
  async #forget(turn) {
    const episode = this.#episode;
    if (!episode) return;
    const forgotten = this.#kept.forget(episode, turn);
    this.show(episode); // at once
    if (!this.#section.hidden) this.#list.querySelector("button")?.focus();
    try {
      await forgotten;
    } catch {
      toast(say("It could not be deleted; try again"));
      if (this.#episode === episode) this.show(episode);
    }
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

/** Its sound, with the line to read on its cover. @param {Episode} episode @param {Turn} turn */
async function clip({ artifacts, title }, turn) {
  const [sound, cover] = await Promise.all([cutMp3(artifacts?.mp3 ?? "", turn.start, turn.end), picture(title, turn)]);
  const png = new Uint8Array(await cover.arrayBuffer());
  return new Blob([id3({ title: turn.text, artist: turn.speaker, album: title, words: turn.text, png }), sound], { type: sound.type });
}

/** @param {File} file */
function save(file) {
  const href = URL.createObjectURL(file);
  el("a", { href, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000); // the browser has begun by then
}
