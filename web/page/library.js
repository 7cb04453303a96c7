/** The listener's earlier podcasts, with search. */

import { byId, el, icon } from "./dom.js";
import { clock, day } from "./format.js";
import { tint } from "./tint.js";

const SEARCH_AFTER_MS = 200;

export class Library {
  #section = byId("library", HTMLElement);
  #shelf = byId("shelf", HTMLElement);
  #empty = byId("shelf-empty", HTMLElement);
  #more = byId("more", HTMLButtonElement);
  #search = byId("search", HTMLInputElement);
  #ideas = byId("ideas", HTMLElement);
  #dialog = byId("delete-dialog", HTMLDialogElement);
  #api;
  /** @type {string | null} */
  #next = null;
  /** Answers may overtake each other: only the latest question's counts. */
  #asked = 0;
  /** @type {import("../api.js").ListedPodcast | null} */
  #doomed = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("../api.js").Api} api @param {(message: string) => void} tell */
  constructor(api, tell) {
    this.#api = api;
    this.tell = tell;
    this.#more.addEventListener("click", () => void this.#load(false));
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#load(true), SEARCH_AFTER_MS);
    });
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "delete") void this.#delete();
    });
  }

  focusSearch() {
    this.#search.focus();
  }

  /** Ask anew what there is. */
  refresh() {
    return this.#load(true);
  }

  /** @param {boolean} anew  from the first page on */
  async #load(anew) {
    const asked = ++this.#asked;
    const q = this.#search.value.trim();
    let page;
    try {
      page = await this.#api.list({ q, limit: 20, page_token: anew ? undefined : (this.#next ?? undefined) });
    } catch {
      this.#section.hidden ||= this.#shelf.childElementCount === 0;
      return;
    }
    if (asked !== this.#asked) return;
    this.#next = page.next_page_token;
    const rows = page.podcasts.map((podcast) => this.#row(podcast));
    if (anew) this.#shelf.replaceChildren(...rows);
    else this.#shelf.append(...rows);
    this.#more.hidden = this.#next === null;
    this.#empty.hidden = this.#shelf.childElementCount > 0;
    this.#empty.textContent = `No podcast of yours has “${q}” in its title.`;
    this.#section.hidden = !q && this.#shelf.childElementCount === 0;
    this.#ideas.hidden = !this.#section.hidden; // for those who have none of their own yet
  }

  /** @param {import("../api.js").ListedPodcast} podcast */
  #row(podcast) {
    const made = day(new Date(podcast.created_at), new Date());
    const how = {
      GENERATING: "being made",
      COMPLETED: podcast.duration_ms === null ? "" : clock(podcast.duration_ms / 1000),
      FAILED: "failed",
      CANCELLED: "stopped",
    }[podcast.state];
    const doom = () => {
      this.#doomed = podcast;
      byId("delete-text", HTMLElement).textContent = `“${podcast.title}” and its files will be gone.`;
      this.#dialog.returnValue = "";
      this.#dialog.showModal();
    };
    const face = el("span", { class: "face tinted" }, icon("play"));
    void tint(face, podcast.title);
    return el(
      "li",
      { "data-state": podcast.state },
      el(
        "a",
        { href: `#/p/${podcast.workflow_id}` },
        face,
        el("span", { class: "words" }, el("strong", { lang: podcast.language, dir: "auto" }, podcast.title), el("small", {}, [made, how].filter(Boolean).join(" · "))),
      ),
      el("button", { class: "icon-button", type: "button", "aria-label": `Delete ${podcast.title}`, onclick: doom }, icon("trash")),
    );
  }

  async #delete() {
    if (!this.#doomed) return;
    try {
      await this.#api.delete(this.#doomed.workflow_id);
      this.tell("Deleted");
    } catch {
      this.tell("It could not be deleted; try again");
    }
    await this.#load(true);
  }
}
