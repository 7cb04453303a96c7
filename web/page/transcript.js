/** What is said, as it is said: turns in their speakers' colors, following the sound group of words by group of words. */

import { byId, el } from "./dom.js";
import { clock } from "./format.js";
import { wordGroups } from "./word_groups.js";

export class Transcript {
  #list = byId("turns", HTMLElement);
  #placeholder = byId("placeholder", HTMLElement);
  #follow = byId("follow", HTMLButtonElement);
  #onSeek;
  /** @type {{turn: import("../production.js").Turn, element: HTMLElement, groups: {start: number, span: HTMLElement}[]}[]} */
  #rows = [];
  /** @type {Map<string, number>} */
  #voices = new Map();
  #current = -1;
  /** @type {HTMLElement | null} */
  #saying = null;
  #following = true;

  /** @param {(seconds: number) => void} onSeek */
  constructor(onSeek) {
    this.#onSeek = onSeek;
    for (const type of ["wheel", "touchmove"]) {
      window.addEventListener(type, () => this.#setFollowing(this.#currentIsVisible()), { passive: true });
    }
    this.#follow.addEventListener("click", () => {
      this.#setFollowing(true);
      this.#scrollToCurrent();
    });
  }

  clear() {
    this.#rows = [];
    this.#voices.clear();
    this.#current = -1;
    this.#saying = null;
    this.#list.replaceChildren();
    this.#placeholder.hidden = false;
    this.#setFollowing(true);
  }

  /** 1 for who speaks first, then 2, … @param {string} speaker */
  voice(speaker) {
    if (!this.#voices.has(speaker)) this.#voices.set(speaker, this.#voices.size + 1);
    return Math.min(3, this.#voices.get(speaker) ?? 1);
  }

  /** @param {import("../production.js").Turn[]} turns  in order; those that are shown already stay as they are */
  show(turns, /** @type {import("../api.js").Source[]} */ sources) {
    for (const turn of turns.slice(this.#rows.length)) {
      const before = this.#rows.at(-1)?.turn;
      const begins = turn.chapter !== "" && turn.chapter !== before?.chapter;
      if (begins) {
        this.#list.append(el("li", { class: "chapter-title" }, el("h3", {}, turn.chapter)));
      }
      this.#append(turn, !begins && before?.speaker === turn.speaker);
    }
    this.#placeholder.hidden = turns.length > 0;
    this.#cite(sources);
  }

  /** @param {number} position in seconds */
  follow(position) {
    const current = this.#rows.findLastIndex(({ turn }) => turn.start <= position);
    if (current !== this.#current) {
      this.#rows[this.#current]?.element.removeAttribute("aria-current");
      this.#current = current;
      this.#rows[current]?.element.setAttribute("aria-current", "true");
      if (this.#following && !this.#currentIsComfortable()) this.#scrollToCurrent();
    }
    const saying = this.#rows[current]?.groups.findLast(({ start }) => start <= position)?.span ?? null;
    if (saying === this.#saying) return;
    this.#saying?.classList.remove("saying");
    saying?.classList.add("saying");
    this.#saying = saying;
  }

  /** The whole text, for the clipboard. @param {string} title */
  text(title) {
    const lines = this.#rows.map(({ turn }) => `[${clock(turn.start)}] ${turn.speaker}: ${turn.text}`);
    return [title, "", ...lines].join("\n");
  }

  /** @param {import("../production.js").Turn} turn @param {boolean} same  speaker as just before: it reads on */
  #append(turn, same) {
    const groups = wordGroups(turn.text, turn.start, turn.end).map(({ text, start }) => {
      const span = el("span", { onclick: () => getSelection()?.isCollapsed !== false && this.#onSeek(start) }, text.trimEnd());
      return { start, span };
    });
    const from = el(
      "button",
      {
        class: "from",
        type: "button",
        "aria-label": `Play from ${clock(turn.start)}, ${turn.speaker}`,
        onclick: () => this.#onSeek(turn.start),
      },
      clock(turn.start),
    );
    const element = el(
      "li",
      { class: same ? "turn same" : "turn", "data-voice": this.voice(turn.speaker), "data-index": turn.index },
      el("p", { class: "who" }, el("span", { class: "speaker" }, turn.speaker), from),
      el("p", { class: "words" }, ...groups.flatMap(({ span }) => [span, " "])),
    );
    this.#rows.push({ turn, element, groups });
    this.#list.append(element);
  }

  /** Turns tell the number of their source before it is known what that source is. @param {import("../api.js").Source[]} sources */
  #cite(sources) {
    for (const { turn, element } of this.#rows) {
      const source = typeof turn.source === "number" ? sources[turn.source] : undefined;
      if (!source || element.querySelector(".cite")) continue;
      const label = `Source ${Number(turn.source) + 1}: ${source.title ?? source.url ?? ""}`;
      const link = el("a", { class: "cite", href: `#source-${turn.source}`, title: label, "aria-label": label }, String(Number(turn.source) + 1));
      link.addEventListener("click", (event) => {
        event.preventDefault(); // the address says which podcast is open
        byId(`source-${turn.source}`, HTMLElement).scrollIntoView({ behavior: "smooth", block: "center" });
      });
      element.querySelector(".words")?.append(link);
    }
  }

  /** @param {boolean} following */
  #setFollowing(following) {
    this.#following = following;
    this.#follow.hidden = following;
  }

  /** Whether the eye finds the line without a scroll: moving the page is a disturbance. */
  #currentIsComfortable() {
    const box = this.#rows[this.#current]?.element.getBoundingClientRect();
    return !box || (box.top > 0 && box.bottom < innerHeight * 0.68);
  }

  #currentIsVisible() {
    const box = this.#rows[this.#current]?.element.getBoundingClientRect();
    return !box || (box.bottom > 0 && box.top < innerHeight * 0.85);
  }

  #scrollToCurrent() {
    const element = this.#rows[this.#current]?.element;
    if (!element) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "center" });
  }
}
