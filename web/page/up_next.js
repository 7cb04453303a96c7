/** What is played after this: a list that the listener orders, kept by this browser. */

import { byId, el, icon } from "./dom.js";
import { recall, remember } from "./memory.js";
import { say } from "./words.js";

/** @typedef {{id: string, title: string}} Waiting */

const MOST = 50;

export class UpNext {
  #button = byId("up-next-button", HTMLButtonElement);
  #dialog = byId("up-next-dialog", HTMLDialogElement);
  #list = byId("up-next", HTMLElement);
  #play;

  /** @param {(id: string) => void} play */
  constructor(play) {
    this.#play = play;
    this.#button.addEventListener("click", () => this.#dialog.showModal());
    window.addEventListener("storage", ({ key }) => (key === null || key.endsWith(".up_next")) && this.show()); // another tab has changed it
    this.show();
  }

  /** As any tab has left it. @returns {Waiting[]} */
  get #waiting() {
    const kept = recall("up_next", /** @type {Waiting[]} */ ([]));
    return Array.isArray(kept) ? kept : []; // another version may have kept it otherwise
  }

  /** Their titles, which are not known when they are asked for, and can be changed. @param {{workflow_id: string, title: string}[]} podcasts */
  entitle(podcasts) {
    const titles = new Map(podcasts.map(({ workflow_id, title }) => [workflow_id, title]));
    const waiting = this.#waiting.map(({ id, title }) => ({ id, title: titles.get(id) || title }));
    if (JSON.stringify(waiting) !== JSON.stringify(this.#waiting)) this.#keep(waiting);
  }

  /** Last in the list; where it is in it already it stays there. @param {Waiting} podcast */
  add(podcast) {
    if (this.#waiting.some(({ id }) => id === podcast.id)) return;
    this.#keep([...this.#waiting, podcast].slice(-MOST));
  }

  /** Take out what comes first. @returns {string | null} */
  take() {
    const [next, ...others] = this.#waiting;
    if (next) this.#keep(others);
    return next?.id ?? null;
  }

  /** @param {string | null} gone */
  remove(gone) {
    if (this.#waiting.some(({ id }) => id === gone)) this.#keep(this.#waiting.filter(({ id }) => id !== gone));
  }

  /** @param {Waiting[]} waiting */
  #keep(waiting) {
    remember("up_next", waiting);
    this.show();
  }

  /** @param {number} from @param {number} to */
  #move(from, to) {
    const moved = [...this.#waiting];
    moved.splice(to, 0, ...moved.splice(from, 1));
    this.#keep(moved);
    const buttons = this.#list.children[to]?.querySelectorAll("button") ?? [];
    [...buttons].find((one) => !one.disabled && one.dataset.way === String(Math.sign(to - from)))?.focus();
  }

  /** As it is kept now. */
  show() {
    const waiting = this.#waiting;
    const many = waiting.length;
    const words = say("Up next: {title}", { title: waiting[0]?.title ?? "" });
    const more = many > 1 ? `+${many - 1}` : "";
    this.#button.hidden = many === 0;
    this.#button.setAttribute("aria-label", `${words} ${more}`.trim());
    this.#button.replaceChildren(icon("queue"), el("span", {}, words), el("small", {}, more), el("small", { class: "all" }, String(many)));
    this.#list.replaceChildren(...waiting.map((podcast, at) => this.#row(podcast, at, many)));
    if (many === 0) this.#dialog.close();
  }

  /** @param {Waiting} podcast @param {number} at @param {number} many */
  #row({ id, title }, at, many) {
    const play = () => {
      this.#dialog.close();
      this.remove(id);
      this.#play(id);
    };
    /** @param {number} way @param {string} words @param {boolean} cannot */
    const mover = (way, words, cannot) =>
      el(
        "button",
        { class: "icon-button", type: "button", "data-way": way, disabled: cannot, "aria-label": words, onclick: () => this.#move(at, at + way) },
        icon(way < 0 ? "up" : "chevron"),
      );
    return el(
      "li",
      {},
      el("button", { class: "up-next-title", type: "button", onclick: play, "aria-label": say("Play now: {title}", { title }) }, el("span", { dir: "auto" }, title)),
      ...(many > 1 ? [mover(-1, say("Earlier: {title}", { title }), at === 0), mover(1, say("Later: {title}", { title }), at === many - 1)] : []),
      el("button", { class: "icon-button", type: "button", "aria-label": say("Take out: {title}", { title }), onclick: () => this.remove(id) }, icon("close")),
    );
  }
}
