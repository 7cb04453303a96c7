/** The listener's earlier podcasts, with search. */

import { pages } from "../api.js";
import { isAboutKey } from "./access.js";
import { byId, el, icon } from "./dom.js";
import { clock, day } from "./format.js";
import { plainWords } from "./plain_words.js";
import { tint } from "./tint.js";
import { toast, toastUndo } from "./toast.js";
import { say } from "./words.js";

const SEARCH_AFTER_MS = 200;
const PAGE = 20;

export class Library {
  #section = byId("library", HTMLElement);
  #shelf = byId("shelf", HTMLElement);
  #empty = byId("shelf-empty", HTMLElement);
  #more = byId("more", HTMLButtonElement);
  #search = byId("search", HTMLInputElement);
  #ideas = byId("ideas", HTMLElement);
  #trouble = byId("shelf-trouble", HTMLElement);
  #api;
  #places;
  /** @type {string | null} */
  #next = null;
  /** Answers may overtake each other: only the latest question's counts. */
  #asked = 0;
  /** Those that are gone for the eye, and can still be had back. @type {Set<string>} */
  #doomed = new Set();
  /** @type {Set<string>} */
  #shows = new Set();
  #actions;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("../api.js").Api} api
   * @param {import("./places.js").Places} places
   * @param {object} actions
   * @param {() => void} actions.podcastApp  hear them there
   * @param {(error: any) => void} actions.key  ask for another access key
   * @param {(podcast: import("../api.js").ListedPodcast) => void} actions.later  play it after what plays now
   * @param {(id: string) => void} actions.deleted
   * @param {(podcasts: import("../api.js").ListedPodcast[]) => void} actions.listed
   */
  constructor(api, places, actions) {
    this.#api = api;
    this.#places = places;
    byId("podcast-app", HTMLButtonElement).addEventListener("click", actions.podcastApp);
    this.#actions = actions;
    this.#more.addEventListener("click", () => void this.#load(false));
    window.addEventListener("online", () => void (this.#trouble.hidden || this.#load(true)));
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#load(true), SEARCH_AFTER_MS);
    });
  }

  focusSearch() {
    this.#search.focus();
  }

  /** Ask anew what there is: as much as was there, for who comes back to a place far down in it. */
  refresh() {
    return this.#load(true, Math.max(PAGE, this.#shelf.childElementCount));
  }

  /** @param {boolean} anew  from the first page on @param {number} [least]  so many, where there are */
  async #load(anew, least = PAGE) {
    const asked = ++this.#asked;
    const q = this.#search.value.trim();
    let page;
    try {
      page = await pages(this.#api, q, anew ? null : this.#next, least);
    } catch (error) {
      if (asked === this.#asked) this.#tell(error);
      return;
    }
    if (asked !== this.#asked) return;
    this.#trouble.hidden = true;
    this.#suggest(page.podcasts);
    this.#actions.listed(page.podcasts);
    this.#next = page.next_page_token;
    const rows = page.podcasts.filter(({ workflow_id: id }) => !this.#doomed.has(id)).map((podcast) => this.#row(podcast, page.places[podcast.workflow_id] ?? 0));
    const refocus = this.#holdFocus();
    if (anew) this.#shelf.replaceChildren(...rows);
    else this.#shelf.append(...rows);
    refocus();
    this.#more.hidden = this.#next === null;
    this.#empty.hidden = this.#shelf.childElementCount > 0;
    this.#empty.textContent = say("No podcast of yours has “{words}” in its title.", { words: q });
    this.#section.hidden = !q && this.#shelf.childElementCount === 0;
    this.#ideas.hidden = !this.#section.hidden; // for those who have none of their own yet
  }

  /** Who is in the list with the keyboard stays in it: at the same podcast, or where that was. @returns {() => void} */
  #holdFocus() {
    const focused = document.activeElement;
    const row = focused?.closest("#shelf > li");
    if (!focused || !row) return () => {};
    const at = [...this.#shelf.children].indexOf(row);
    const [href, control] = [linkOf(row)?.href, [...row.querySelectorAll("a, button")].indexOf(focused)];
    return () => {
      const rows = [...this.#shelf.children];
      const same = rows.find((one) => linkOf(one)?.href === href)?.querySelectorAll("a, button")[control];
      const next = same ?? linkOf(rows[Math.min(at, rows.length - 1)]) ?? this.#search;
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    };
  }

  /** The next one may be an episode of the same show. @param {import("../api.js").ListedPodcast[]} podcasts */
  #suggest(podcasts) {
    for (const { show } of podcasts) {
      if (show) this.#shows.add(show);
    }
    byId("shows", HTMLDataListElement).replaceChildren(...[...this.#shows].map((show) => el("option", { value: show })));
  }

  /** Why there is no list. @param {any} error */
  #tell(error) {
    const { title, advice } = plainWords(error);
    const [words, act] = isAboutKey(error) ? [say("Enter a key"), () => this.#actions.key(error)] : [say("Try again"), () => void this.#load(true)];
    if (isAboutKey(error)) this.#shelf.replaceChildren();
    this.#trouble.replaceChildren(
      el("div", {}, el("strong", {}, title), el("p", {}, `${say("Your podcasts cannot be listed.")} ${advice}`)),
      el("button", { class: "primary", type: "button", onclick: act }, words),
    );
    this.#section.hidden = this.#trouble.hidden = false;
    this.#empty.hidden = true;
  }

  /** @param {import("../api.js").ListedPodcast} podcast @param {number} placeMs  where the server has the listener */
  #row(podcast, placeMs) {
    const place = this.#places.which(podcast.workflow_id, placeMs);
    const left = podcast.duration_ms === null ? 0 : podcast.duration_ms / 1000 - place;
    const made = day(new Date(podcast.created_at), new Date());
    const how = {
      GENERATING: podcast.draft ? say("a draft") : say("being made"),
      COMPLETED: podcast.duration_ms === null ? "" : place && left > 0 ? say("{time} left", { time: clock(left) }) : clock(podcast.duration_ms / 1000),
      FAILED: say("failed"),
      CANCELLED: say("stopped"),
    }[podcast.state];
    const later = () => this.#actions.later(podcast);
    const playable = podcast.state === "COMPLETED" || (podcast.state === "GENERATING" && !podcast.draft);
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
      playable
        ? el("button", { class: "icon-button", type: "button", "aria-label": say("Play {title} next", { title: podcast.title }), onclick: later }, icon("queue"))
        : null,
      el("button", { class: "icon-button", type: "button", "aria-label": say("Delete {title}", { title: podcast.title }), onclick: () => this.#doom(podcast) }, icon("trash")),
    );
  }

  /** It is gone for the eye at once, and for good a little later. @param {import("../api.js").ListedPodcast} podcast */
  #doom({ workflow_id: id, title }) {
    this.#doomed.add(id);
    const undo = () => {
      this.#doomed.delete(id);
      void this.refresh();
    };
    toastUndo(say("“{title}” is deleted", { title }), () => void this.#delete(id), undo);
    void this.refresh();
  }

  /** @param {string} id */
  async #delete(id) {
    this.#actions.deleted(id);
    try {
      await this.#api.delete(id);
    } catch (error) {
      if (/** @type {any} */ (error).code === "podcast_unknown") return; // it was deleted elsewhere
      this.#doomed.delete(id);
      toast(say("It could not be deleted; try again"));
      await this.refresh();
    }
  }
}

/** @param {Element | undefined} row */
const linkOf = (row) => row?.querySelector("a");
