/**
 * The script, to be changed line by line: of a draft before anything of it is voiced, of a finished podcast to have it
 * made again, in which only the changed lines are voiced anew.
 */

import { byId, el, icon } from "./dom.js";
import { recall, remember } from "./memory.js";
import { inShort } from "./plain_words.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

/** @typedef {import("../api.js").SegmentEdit} SegmentEdit */
/** @typedef {{index: number, text: string, field: HTMLTextAreaElement, item: HTMLElement, removed: boolean}} Line */

export class ScriptEditor {
  #section = byId("editor", HTMLElement);
  #list = byId("editor-lines", HTMLElement);
  #hint = byId("editor-hint", HTMLElement);
  #done = byId("editor-done", HTMLButtonElement);
  #keep = byId("editor-keep", HTMLButtonElement);
  #open = byId("edit-script", HTMLButtonElement);
  #transcript = byId("transcript", HTMLElement);
  #api;
  #remake;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;
  /** @type {Line[]} */
  #lines = [];
  #isLoading = false;
  #isOpen = false;

  /** @param {import("../api.js").Api} api @param {{remake: (edits: SegmentEdit[]) => Promise<void>}} actions */
  constructor(api, { remake }) {
    this.#api = api;
    this.#remake = remake;
    this.#open.addEventListener("click", () => void this.#load());
    this.#done.addEventListener("click", () => void this.#finish());
    this.#keep.addEventListener("click", () => void (this.#episode?.draft ? this.#save() : this.#drop()));
    this.#list.addEventListener("input", () => this.#remember());
  }

  /** Nothing of the last podcast stays. */
  clear() {
    this.#isOpen = false;
    this.#lines = [];
    this.#list.replaceChildren();
    this.#present();
  }

  /** @param {import("../episode.js").Episode} episode */
  show(episode) {
    this.#episode = episode;
    const isDraft = episode.draft && episode.isWritten && !episode.error && episode.share === null;
    if (isDraft && !this.#isOpen) void this.#load();
    this.#present();
  }

  #present() {
    const episode = this.#episode;
    const isDraft = episode?.draft ?? false;
    this.#section.hidden = !this.#isOpen;
    this.#transcript.hidden = this.#isOpen;
    this.#open.hidden = episode?.state !== "COMPLETED" || episode.share !== null || this.#isOpen;
    this.#done.textContent = isDraft ? say("Voice it") : say("Make it again");
    this.#keep.textContent = isDraft ? say("Save for later") : say("Cancel");
    this.#hint.textContent = isDraft ? say("Nothing is voiced before you say so.") : say("Only the lines that you change are voiced anew.");
  }

  async #load() {
    const episode = this.#episode;
    if (!episode?.id || this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { segments } = await this.#api.script(episode.id);
      if (episode !== this.#episode) return;
      const speakers = [...new Set(segments.map(({ speaker }) => speaker))];
      this.#lines = segments.map((segment) => this.#line(segment, Math.min(3, 1 + speakers.indexOf(segment.speaker))));
      this.#list.replaceChildren(...this.#lines.map(({ item }) => item));
      this.#takeUp();
      this.#isOpen = true;
      this.#present();
      this.#lines[0]?.field.focus({ preventScroll: true });
    } catch (error) {
      this.#trouble(error);
    } finally {
      this.#isLoading = false;
    }
  }

  /** What was changed before this page was left, and not saved. */
  #takeUp() {
    const { id, edits } = recall("edits", { id: "", edits: /** @type {SegmentEdit[]} */ ([]) });
    if (id !== this.#episode?.id) return;
    for (const { index, text, remove } of edits) {
      const line = this.#lines.find((one) => one.index === index);
      if (!line) continue;
      if (remove) line.removed = true;
      else line.field.value = text ?? line.text;
      this.#mark(line);
    }
  }

  #remember() {
    remember("edits", { id: this.#episode?.id, edits: this.edits });
  }

  /** What was changed is kept elsewhere, or not wanted. */
  forget() {
    remember("edits", null);
  }

  #drop() {
    this.forget();
    this.clear();
  }

  /** @param {import("../api.js").ScriptSegment} segment @param {number} voice @returns {Line} */
  #line({ index, speaker, text }, voice) {
    const field = el("textarea", { rows: 2, "aria-label": say("{speaker}, line {number}", { speaker, number: index + 1 }), dir: "auto" });
    field.value = text;
    const take = el("button", { class: "icon-button", type: "button", onclick: () => this.#toggle(line) });
    const item = el("li", { "data-voice": voice }, el("p", { class: "speaker" }, speaker), field, take);
    const line = { index, text, field, item, removed: false };
    this.#mark(line);
    return line;
  }

  /** @param {Line} line */
  #toggle(line) {
    line.removed = !line.removed;
    this.#mark(line);
    this.#remember();
  }

  /** @param {Line} line */
  #mark({ index, field, item, removed }) {
    const button = item.querySelector("button");
    item.classList.toggle("removed", removed);
    field.disabled = removed;
    button?.setAttribute("aria-label", removed ? say("Put line {number} back", { number: index + 1 }) : say("Take line {number} out", { number: index + 1 }));
    button?.replaceChildren(icon(removed ? "plus" : "close"));
  }

  /** @returns {SegmentEdit[]} */
  get edits() {
    /** @type {SegmentEdit[]} */
    const edits = [];
    for (const { index, text, field, removed } of this.#lines) {
      const now = field.value.trim();
      if (removed || !now) edits.push({ index, remove: true });
      else if (now !== text) edits.push({ index, text: now });
    }
    return edits;
  }

  async #save() {
    const episode = this.#episode;
    if (!episode?.id) return;
    const [{ id }, { edits }] = [episode, this];
    if (!edits.length) {
      toast(say("Nothing was changed"));
      return;
    }
    await this.#busy(async () => {
      await this.#api.edit(id ?? "", edits);
      this.forget();
      await this.#load(); // removed lines change the numbers of those behind them
      toast(say("{count} change saved|{count} changes saved", { count: edits.length }));
    });
  }

  async #finish() {
    const episode = this.#episode;
    if (!episode) return;
    const { edits } = this;
    if (!episode.draft && !edits.length) {
      toast(say("Nothing was changed"));
      return;
    }
    await this.#busy(async () => {
      if (!episode.draft) return this.#remake(edits);
      await episode.approve(edits);
      this.#drop();
    });
  }

  /** @param {() => Promise<void>} work */
  async #busy(work) {
    this.#done.disabled = this.#keep.disabled = true;
    try {
      await work();
    } catch (error) {
      this.#trouble(error);
    } finally {
      this.#done.disabled = this.#keep.disabled = false;
    }
  }

  /** @param {unknown} error */
  #trouble(error) {
    toast(inShort(/** @type {any} */ (error)));
  }
}
