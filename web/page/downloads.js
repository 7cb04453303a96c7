/**
 * The files of a finished podcast, to keep.
 *
 * Links to them work for a while only, and MP3 and M4A come some time after the others: so they are asked for when the
 * list is opened, and again while it is open and not all are there.
 */

import { byId, el, icon } from "./dom.js";
import { phrase, say } from "./words.js";

const AGAIN_MS = 2_000;
/** By kind, as the API names them: what it is, and whom it is for. */
const FILES = {
  mp3: ["MP3", phrase("Plays everywhere")],
  m4a: ["M4A", phrase("For Apple’s players, with chapters")],
  audio: ["Ogg Opus", phrase("The smallest, and what you heard")],
  transcript_vtt: [phrase("Transcript"), phrase("WebVTT, with times and speakers")],
  transcript_srt: [phrase("Subtitles"), "SRT"],
  notes_html: [phrase("Show notes"), phrase("A page with chapters and sources")],
  notes_md: [phrase("Show notes"), "Markdown"],
  cover: [phrase("Cover"), phrase("JPEG, 3000 pixels square")],
};
const LATER = ["mp3", "m4a"];

export class Downloads {
  #button = byId("download", HTMLButtonElement);
  #dialog = byId("downloads-dialog", HTMLDialogElement);
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;
  /** @type {{kind: string, item: HTMLElement, link: HTMLAnchorElement, note: HTMLElement, words: string}[]} */
  #rows = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    for (const [kind, [name, words]] of Object.entries(FILES)) {
      const note = el("small", {}, say(words));
      const link = el("a", { download: true }, el("span", {}, el("strong", {}, say(name)), note), icon("download"));
      const item = el("li", {}, link);
      this.#rows.push({ kind, item, link, note, words });
      byId("downloads", HTMLElement).append(item);
    }
    this.#button.addEventListener("click", () => {
      this.#dialog.showModal();
      void this.#refresh();
    });
    this.#dialog.addEventListener("close", () => clearTimeout(this.#timer));
  }

  /** @param {import("../episode.js").Episode} episode */
  show(episode) {
    this.#episode = episode;
    const { artifacts } = episode;
    this.#button.hidden = !artifacts;
    for (const { kind, item, link, note, words } of this.#rows) {
      const url = artifacts?.[kind];
      if (url) link.href = url;
      else link.removeAttribute("href");
      item.hidden = !url && !LATER.includes(kind);
      note.textContent = url ? say(words) : say("Is being made…");
    }
  }

  close() {
    this.#dialog.close();
  }

  async #refresh() {
    await this.#episode?.lookAgain();
    const { artifacts } = this.#episode ?? {};
    if (this.#dialog.open && !LATER.every((kind) => artifacts?.[kind])) {
      this.#timer = setTimeout(() => void this.#refresh(), AGAIN_MS);
    }
  }
}
