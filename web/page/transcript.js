/** What is said, as it is said: turns in their speakers' colors, following the sound group of words by group of words. */

import { byId, el, icon } from "./dom.js";
import { clock } from "./format.js";
import { wordGroups } from "./word_groups.js";
import { say } from "./words.js";

/** A smooth scroll is over by then, where no event says so. */
const OWN_MS = 1_000;
/** So long nothing scrolls by itself after the listener's hand: a key's scroll takes a moment to leave the line behind. */
const BY_HAND_MS = 500;
/** Farther away nothing can be read on the way, which is all to be drawn. */
const MOST_SMOOTH_SCREENS = 4;
/** So many turns are a list of their own: each that is lit would have the browser look through all turns of a long podcast. */
const MOST_IN_PART = 40;
/** So much of what follows is to be seen below the turn that is heard. */
const NEXT_LINE_PX = 32;
/** Keys that scroll a page. */
const SCROLLS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", "Tab"]);

export class Transcript {
  #list = byId("turns", HTMLElement);
  /** The last part of it, which grows. */
  #part = el("ol", {});
  #placeholder = byId("placeholder", HTMLElement);
  #follow = byId("follow", HTMLButtonElement);
  #onSeek;
  #onShare;
  /** @type {{turn: import("../production.js").Turn, element: HTMLElement, groups: {start: number, span: HTMLElement}[]}[]} */
  #rows = [];
  /** @type {Map<string, number>} */
  #voices = new Map();
  #current = -1;
  /** @type {HTMLElement | null} */
  #saying = null;
  #following = true;
  /** The row whose buttons the Tab key comes to: one for all, or a long podcast would have hundreds before the next thing. */
  #tabStop = 0;
  /** Ends the time in which what scrolls is taken for this transcript's own doing; 0: it is not. */
  #own = 0;
  #byHandAt = -Infinity;

  /** @param {(seconds: number) => void} onSeek @param {(turn: import("../production.js").Turn) => void} onShare */
  constructor(onSeek, onShare) {
    this.#onSeek = onSeek;
    this.#onShare = onShare;
    window.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    window.addEventListener("scrollend", () => this.#scrolledItself());
    for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      window.addEventListener(type, (event) => this.#takenOver(event), { passive: true });
    }
    this.#list.addEventListener("keydown", (event) => this.#moveFocus(event));
    this.#list.addEventListener("focusin", (event) => this.#focused(event));
    this.#follow.addEventListener("click", () => {
      this.#setFollowing(true);
      this.#scrollToCurrent();
    });
  }

  clear() {
    this.#rows = [];
    this.#voices.clear();
    this.#current = -1;
    this.#tabStop = 0;
    this.#saying = null;
    this.#list.replaceChildren((this.#part = el("ol", {})));
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
      if (begins || (this.#part.childElementCount >= MOST_IN_PART && before?.speaker !== turn.speaker)) {
        this.#list.append((this.#part = el("ol", {})));
      }
      if (begins) {
        this.#part.append(el("li", { class: "chapter-title" }, el("h3", { dir: "auto" }, turn.chapter)));
      }
      const silent = isSilent(turn) && !(before && isSilent(before)); // from here on
      if (silent) this.#part.append(el("li", { class: "unvoiced" }, say("Written, but not voiced:")));
      this.#append(turn, !begins && !silent && before?.speaker === turn.speaker);
    }
    this.#placeholder.hidden = turns.length > 0;
    this.#cite(sources);
  }

  /** @param {number} position in seconds @returns {number} at which there is something else to light */
  follow(position) {
    const current = this.#rows.findLastIndex(({ turn }) => turn.start <= position && !isSilent(turn));
    if (current !== this.#current) {
      this.#rows[this.#current]?.element.removeAttribute("aria-current");
      this.#current = current;
      this.#rows[current]?.element.setAttribute("aria-current", "true");
      if (current >= 0 && !this.#list.contains(document.activeElement)) this.#setTabStop(current);
      const byHand = performance.now() - this.#byHandAt < BY_HAND_MS;
      if (this.#following && !byHand && !this.#currentIsComfortable()) this.#scrollToCurrent();
    }
    const groups = this.#rows[current]?.groups ?? [];
    const said = groups.findLastIndex(({ start }) => start <= position);
    const saying = groups[said]?.span ?? null;
    if (saying !== this.#saying) {
      this.#saying?.classList.remove("saying");
      saying?.classList.add("saying");
      this.#saying = saying;
    }
    return groups[said + 1]?.start ?? this.#rows[current + 1]?.turn.start ?? Infinity;
  }

  /** The whole text, for the clipboard. @param {string} title */
  text(title) {
    const lines = this.#rows.map(({ turn }) => `[${clock(turn.start)}] ${turn.speaker}: ${turn.text}`);
    return [title, "", ...lines].join("\n");
  }

  /** @param {import("../production.js").Turn} turn @param {boolean} same  speaker as just before: it reads on */
  #append(turn, same) {
    const groups = wordGroups(turn.text, turn.start, turn.end).map(({ text, start }) => {
      const seek = () => getSelection()?.isCollapsed !== false && this.#onSeek(start);
      const span = el("span", { onclick: isSilent(turn) ? null : seek }, text.trimEnd());
      return { start, span, after: text.slice(text.trimEnd().length) || " " };
    });
    const from = el(
      "button",
      {
        class: "from",
        type: "button",
        tabindex: this.#rows.length === this.#tabStop ? 0 : -1,
        "aria-label": say("Play from {time}, {speaker}", { time: clock(turn.start), speaker: turn.speaker }),
        onclick: () => this.#onSeek(turn.start),
      },
      clock(turn.start),
    );
    const share = el(
      "button",
      {
        class: "quote",
        type: "button",
        tabindex: from.getAttribute("tabindex"),
        "aria-label": say("Share this line, {time}", { time: clock(turn.start) }),
        onclick: () => this.#onShare(turn),
      },
      icon("share"),
    );
    const element = el(
      "li",
      { class: same ? "turn same" : "turn", "data-voice": this.voice(turn.speaker), "data-index": turn.index },
      el("p", { class: "who" }, el("span", { class: "speaker", dir: "auto" }, turn.speaker), ...(isSilent(turn) ? [] : [from, share])),
      el("p", { class: "words", dir: "auto" }, ...groups.flatMap(({ span, after }) => [span, after])),
    );
    if (same) this.#rows.at(-1)?.element.classList.add("goes-on");
    this.#rows.push({ turn, element, groups });
    this.#part.append(element);
  }

  /** Turns tell the number of their source before it is known what that source is. @param {import("../api.js").Source[]} sources */
  #cite(sources) {
    for (const { turn, element } of this.#rows) {
      const source = typeof turn.source === "number" ? sources[turn.source] : undefined;
      if (!source || element.querySelector(".cite")) continue;
      const label = say("Source {number}: {title}", { number: Number(turn.source) + 1, title: source.title ?? source.url ?? "" });
      const tabindex = element === this.#rows[this.#tabStop]?.element ? 0 : -1;
      const link = el("a", { class: "cite", tabindex, href: `#source-${turn.source}`, title: label, "aria-label": label }, String(Number(turn.source) + 1));
      link.addEventListener("click", (event) => {
        event.preventDefault(); // the address says which podcast is open
        byId(`source-${turn.source}`, HTMLElement).scrollIntoView({ behavior: "smooth", block: "center" });
      });
      element.querySelector(".words")?.append(link);
    }
  }

  /** @param {number} row */
  #setTabStop(row) {
    for (const [at, tabindex] of [[this.#tabStop, "-1"], [row, "0"]]) {
      const buttons = this.#rows[Number(at)]?.element.querySelectorAll(".from, .quote, .cite") ?? [];
      for (const button of buttons) button.setAttribute("tabindex", String(tabindex));
    }
    this.#tabStop = row;
  }

  /** Up and down through the turns. @param {KeyboardEvent} event */
  #moveFocus(event) {
    const last = this.#rows.findLastIndex(({ turn }) => !isSilent(turn));
    const row = { ArrowDown: this.#tabStop + 1, ArrowUp: this.#tabStop - 1, Home: 0, End: last }[event.key];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#setTabStop(Math.max(0, Math.min(last, row)));
    this.#rows[this.#tabStop].element.querySelector("button")?.focus();
  }

  /** Who is somewhere with the keyboard stays there. @param {FocusEvent} event */
  #focused({ target }) {
    const row = this.#rows.findIndex(({ element }) => element.contains(/** @type {Node} */ (target)));
    if (row < 0) return;
    this.#setTabStop(row);
    if (/** @type {HTMLElement} */ (target).matches(":focus-visible")) this.#setFollowing(row === this.#current);
  }

  /** From now on the listener scrolls, be it that this is scrolling. @param {Event} event */
  #takenOver(event) {
    if (event instanceof KeyboardEvent && !SCROLLS.has(event.key)) return;
    this.#byHandAt = performance.now();
    this.#giveOver();
  }

  /** By wheel, finger, key or bar: who has scrolled away from the turn that is heard reads on in peace. */
  #scrolled() {
    if (this.#own || this.#list.offsetParent === null) return;
    this.#setFollowing(this.#currentIsVisible());
  }

  /** Take what scrolls for the listener's doing again, also if it began meanwhile: a bar's, of which nothing else tells. */
  #scrolledItself() {
    if (!this.#own) return;
    this.#giveOver();
    this.#scrolled();
  }

  #giveOver() {
    clearTimeout(this.#own);
    this.#own = 0;
  }

  /** @param {boolean} following */
  #setFollowing(following) {
    this.#following = following;
    this.#follow.hidden = following;
    document.body.classList.toggle("astray", !following);
  }

  /** Whether the eye finds the line without a scroll: moving the page is a disturbance. */
  #currentIsComfortable() {
    const box = this.#rows[this.#current]?.element.getBoundingClientRect();
    return !box || (box.top > 0 && box.bottom < innerHeight - byId("dock", HTMLElement).offsetHeight - NEXT_LINE_PX);
  }

  #currentIsVisible() {
    const box = this.#rows[this.#current]?.element.getBoundingClientRect();
    return !box || (box.bottom > 0 && box.top < innerHeight * 0.85);
  }

  #scrollToCurrent() {
    const element = this.#rows[this.#current]?.element;
    if (!element) return;
    this.#giveOver();
    this.#own = window.setTimeout(() => this.#scrolledItself(), OWN_MS);
    const isFar = Math.abs(element.getBoundingClientRect().top) > MOST_SMOOTH_SCREENS * innerHeight;
    const calm = isFar || matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" }); // high up, so that much is heard before the next
  }
}

/** Whether it was written and never voiced: its podcast was stopped, or has failed. @param {import("../production.js").Turn} turn */
const isSilent = ({ start, end }) => end <= start;
