/** The page of one podcast around its player: title, how its making goes, chapters, sources, stream health. */

import { byId, el, outwardLink } from "./dom.js";
import { clock, list, number, size } from "./format.js";
import { leftOutWords } from "./left_out.js";
import { inShort, plainWords } from "./plain_words.js";
import { tint } from "./tint.js";
import { phrase, say } from "./words.js";

const COVER_WITHIN_MS = 30_000;
/** By stage: how it is called while it goes on. */
const STAGES = { harvest: phrase("Reading"), weave: phrase("Writing"), forge: phrase("Voicing"), master: phrase("Finishing") };
/** What stands behind a stage, to see and to hear: color alone says it to some. @type {Record<string, [string, string]>} */
const MARKS = {
  PENDING: ["", phrase("not yet")],
  RUNNING: ["…", phrase("under way")],
  DONE: ["✓", phrase("done")],
  FAILED: ["✕", phrase("failed")],
};

export class EpisodeView {
  #title = byId("episode-title", HTMLElement);
  #meta = byId("episode-meta", HTMLElement);
  #cover = byId("cover", HTMLElement);
  #making = byId("making", HTMLElement);
  #now = byId("now", HTMLElement);
  #told = byId("stage-told", HTMLElement);
  #trouble = byId("trouble", HTMLElement);
  #cancel = byId("cancel", HTMLButtonElement);
  #health = byId("health", HTMLDetailsElement);
  #player;
  #actions;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;
  /** It was being made while this page showed it. */
  #wasMade = false;
  /** What is on the page, so that only changes are written. @type {Map<HTMLElement, string>} */
  #shown = new Map();

  /**
   * @param {import("../media/player.js").Player} player
   * @param {object} actions
   * @param {(seconds: number) => void} actions.seek
   * @param {() => void} actions.again  do what failed once more
   * @param {() => boolean} actions.canRepeat  whether what was asked for is known still
   * @param {(topic: string) => void} actions.anew  ask for another one
   * @param {(error: {code?: string, message?: string, status?: number}) => void} actions.key  ask for the access key
   * @param {(chapter: number) => void} actions.more  have more made about a chapter
   */
  constructor(player, actions) {
    this.#player = player;
    this.#actions = actions;
    const stages = Object.entries(STAGES).map(([stage, word]) =>
      el("li", { "data-stage": stage }, `${say(word)} `, el("span", { "aria-hidden": true }), el("span", { class: "visually-hidden" })),
    );
    byId("stages", HTMLElement).append(...stages);
    byId("to-player", HTMLButtonElement).addEventListener("click", () => byId("play", HTMLButtonElement).focus());
  }

  /** Nothing of the last podcast stays. */
  clear() {
    this.#shown.clear();
    this.#trouble.hidden = true;
    this.#cover.querySelector("img")?.remove();
    if (this.#episode?.cover) URL.revokeObjectURL(this.#episode.cover);
    this.#episode = null;
    this.#wasMade = false;
    this.#told.textContent = "";
  }

  focus() {
    this.#title.focus({ preventScroll: true });
  }

  /** The window bears its title. @param {import("../episode.js").Episode} episode */
  entitle({ title }) {
    const words = `${title || say("Your podcast")} · Aethercast`;
    if (document.title !== words) document.title = words;
  }

  /** @param {import("../episode.js").Episode} episode */
  update(episode) {
    this.#episode = episode;
    const title = episode.title || say("Your podcast");
    this.#once(this.#title, title, () => {
      this.#title.textContent = title;
      void tint(this.#cover, title);
    });
    this.#meta.textContent = this.#metaWords(episode);
    for (const id of ["episode-title", "turns", "chapters"]) byId(id, HTMLElement).lang = episode.language;
    this.#showMaking(episode);
    this.#showTrouble(episode);
    this.#showCover(episode);
    this.#showChapters(episode);
    this.#showSources(episode);
    this.#cancel.hidden = episode.state !== "GENERATING" || !episode.id || episode.error !== null || episode.share !== null;
  }

  /** @param {import("../episode.js").Episode} episode */
  follow(episode) {
    const current = episode.chapters.findLastIndex(({ start }) => start <= this.#player.position);
    const chapters = byId("chapters", HTMLElement);
    const lit = chapters.querySelector("[aria-current]");
    const toLight = chapters.children[current]?.firstElementChild ?? null;
    if (lit !== toLight) {
      lit?.removeAttribute("aria-current");
      toLight?.setAttribute("aria-current", "true");
      bringIn(toLight, lit);
    }
    if (this.#health.open) this.#showHealth(episode);
  }

  /** @param {import("../episode.js").Episode} episode */
  #metaWords(episode) {
    const names = list([...new Set(episode.turns.map(({ speaker }) => speaker))]);
    const length = episode.durationKnown ? clock(episode.durationS) : "";
    return [names && say("With {names}", { names }), length].filter(Boolean).join(" · ");
  }

  /** @param {import("../episode.js").Episode} episode */
  #showMaking(episode) {
    this.#wasMade ||= episode.state === "GENERATING" && Object.keys(episode.stages).length > 0; // else nothing is known yet
    const { classList } = byId("episode", HTMLElement);
    classList.toggle("growing", this.#wasMade);
    classList.toggle("asked", episode.isAsked && episode.turns.length === 0);
    // Once it is there it stays, or all that is being read would move
    this.#making.hidden = (!this.#wasMade && !episode.awaitsFile) || episode.isOver || episode.error !== null;
    if (this.#making.hidden) return;
    for (const item of byId("stages", HTMLElement).children) {
      const state = episode.stages[/** @type {HTMLElement} */ (item).dataset.stage ?? ""] ?? "PENDING";
      if (item.getAttribute("data-state") === state) continue;
      item.setAttribute("data-state", state);
      const [shown, spoken] = item.children;
      const [mark, words] = MARKS[state] ?? MARKS.PENDING;
      [shown.textContent, spoken.textContent] = [mark, say(words)];
    }
    const now = this.#nowWords(episode);
    this.#once(this.#now, now, () => (this.#now.textContent = now));
    const told = toldOf(episode);
    this.#once(this.#told, told, () => (this.#told.textContent = told));
  }

  /** @param {import("../episode.js").Episode} episode */
  #nowWords({ id, state, awaitsFile, draft, isWritten, stages, detail, written, voiced, sources, streamEnded }) {
    if (!id) return say("Asking for it…");
    if (awaitsFile) return say("It is finished; the file that this browser plays is being put together.");
    if (state === "COMPLETED") return say("Finished: all of it is here, and its files.");
    if (draft && isWritten) return say("The script is written. Read it, change what you like, then have it voiced.");
    if (!this.#player.canStream) return say("This browser cannot play while it is being made; it plays as soon as it is finished.");
    if (streamEnded || stages.forge === "DONE") return say("Everything is voiced; the finished file is being put together.");
    const parts = [];
    if (stages.harvest !== "DONE") parts.push(detail ? say("Reading {source}", { source: detail }) : say("Reading the sources"));
    else if (sources.length) parts.push(say("Read {count} source|Read {count} sources", { count: sources.length }));
    if (written) parts.push(say("{count} turn written, {voiced} voiced|{count} turns written, {voiced} voiced", { count: written, voiced }));
    return parts.join(" · ");
  }

  /** @param {import("../episode.js").Episode} episode */
  #showTrouble(episode) {
    const stopped = episode.error?.code === "podcast_cancelled" || (episode.state === "CANCELLED" && !episode.error);
    const error = stopped ? { code: "podcast_cancelled" } : episode.error; // what the server says of it adds nothing
    const key = error ? `${error.code}${error.message}${episode.isOver}` : "";
    this.#once(this.#trouble, key, () => {
      this.#trouble.hidden = error === null;
      if (!error) return;
      const { title, advice, detail, needsKey, final } = plainWords(error);
      /** @param {string} words @param {() => void} act */
      const button = (words, act) => el("button", { class: "primary", type: "button", onclick: act }, words);
      const again = needsKey
        ? button(say("Enter a key"), () => this.#actions.key(error))
        : final
          ? null
          : episode.isOver && !this.#actions.canRepeat() // to look again would show the same
          ? button(say("Ask for it anew"), () => this.#actions.anew(episode.title))
          : button(episode.state === "CANCELLED" ? say("Make it again") : say("Try again"), this.#actions.again);
      this.#trouble.replaceChildren(
        el("div", {}, el("strong", {}, title), el("p", {}, advice), detail ? el("p", { class: "detail", lang: "en" }, detail) : null),
        el("div", { class: "trouble-actions" }, again, el("a", { class: "quiet-button", href: "#/" }, say("Something else"))),
      );
    });
  }

  /** @param {import("../episode.js").Episode} episode */
  #showCover(episode) {
    const { artifacts } = episode;
    const src = artifacts?.cover_small ?? artifacts?.cover; // older ones have the large one alone
    if (!src) return; // the mark is there until then
    this.#once(this.#cover, "cover", () => {
      void fetchCover(src).then((cover) => {
        if (!cover) return; // the mark stays
        if (this.#episode !== episode) return URL.revokeObjectURL(cover);
        episode.cover = cover;
        this.#cover.append(el("img", { src: cover, alt: "" }));
        episode.dispatchEvent(new Event("change")); // for the lock screen
      });
    });
  }

  /** @param {import("../episode.js").Episode} episode */
  #showChapters({ chapters, state, share }) {
    const place = byId("chapters", HTMLElement);
    byId("chapters-section", HTMLElement).hidden = chapters.length === 0;
    this.#once(place, `${chapters.length} ${state}`, () =>
      place.replaceChildren(
        ...chapters.map(({ title, start, number }) => {
          const seek = () => this.#actions.seek(start);
          const more = el(
            "button",
            { class: "more", type: "button", "aria-label": say("More about {title}: a podcast of its own", { title }), onclick: () => this.#actions.more(number) },
            say("More"),
          );
          const chapter = el("button", { type: "button", onclick: seek }, el("time", {}, clock(start)), el("span", { dir: "auto" }, title));
          return el("li", {}, chapter, state === "COMPLETED" && share === null ? more : null);
        }),
      ),
    );
  }

  /** @param {import("../episode.js").Episode} episode */
  #showSources({ sources, sourceProblems, share }) {
    const place = byId("sources", HTMLElement);
    byId("sources-section", HTMLElement).hidden = sources.length + sourceProblems.length === 0;
    this.#once(place, JSON.stringify([sources, sourceProblems]), () =>
      place.replaceChildren(
        ...sources.map(({ title, url, author, date, left_out }, number) => {
          const name = title || url || (share === null ? say("Your text") : say("Untitled"));
          const more = [author, url && hostOf(url), date].filter(Boolean).join(" · ");
          const untold = leftOutWords(left_out);
          return el(
            "li",
            { id: `source-${number}` },
            el("span", { dir: "auto" }, outwardLink(url ?? "", name), more ? el("small", {}, more) : null, untold ? el("small", {}, say("Left out: {what}", { what: untold })) : null),
          );
        }),
        ...sourceProblems.map(({ url, code, message }) => {
          const why = say("Not read: {why}", { why: inShort({ code, message }) });
          return el("li", { class: "unread" }, el("span", {}, url, el("small", {}, why)));
        }),
      ),
    );
  }

  /** @param {import("../episode.js").Episode} episode */
  #showHealth(episode) {
    const player = this.#player;
    const facts = {
      [say("Connection")]: say(CONNECTION_WORDS[episode.connectionState] ?? episode.connectionState),
      [say("Ahead of you")]: `${number(player.aheadMs / 1000, 1)} s`,
      [say("Arrives at")]: player.isFile ? "–" : say("{speed}× real time", { speed: number(player.arrivalRate, 1) }),
      [say("First sound")]: player.firstSoundMs === null ? "–" : `${number(player.firstSoundMs / 1000, 2)} s`,
      [say("Stalls")]: player.stalls ? `${player.stalls}, ${number(player.stalledMs / 1000, 1)} s` : "0",
      [say("Reconnections")]: String(episode.connection?.reconnects ?? 0),
      [say("Decode errors")]: String(player.decodeErrors),
      [say("Received")]: size(episode.store.bytes),
      [say("Container")]: player.isFile ? say("file") : (player.container?.type.split(";")[0] ?? say("none")),
    };
    const list = byId("health-list", HTMLElement);
    this.#once(list, Object.values(facts).join(), () =>
      list.replaceChildren(...Object.entries(facts).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    );
  }

  /** Write `element` where it does not show `value` yet. @param {HTMLElement} element @param {string} value @param {() => void} write */
  #once(element, value, write) {
    if (this.#shown.get(element) === value) return;
    this.#shown.set(element, value);
    write();
  }
}

/**
 * Beside the transcript the chapters of a long podcast are a list that scrolls: it goes along, unless its reader has scrolled
 * away from where it was.
 * @param {Element | null} next @param {Element | null} before
 */
function bringIn(next, before) {
  const side = next?.closest(".side");
  if (!next || !side || side.matches(":hover, :focus-within")) return;
  const { top, bottom } = side.getBoundingClientRect();
  /** @param {Element} one */
  const offBy = (one) => {
    const box = one.getBoundingClientRect();
    return box.top < top || box.bottom > bottom ? (box.top + box.bottom - top - bottom) / 2 : 0;
  };
  if (!before || offBy(before) === 0) side.scrollTop += offBy(next);
}

/** @type {Record<string, string>} */
const CONNECTION_WORDS = {
  none: phrase("not yet"),
  connecting: phrase("connecting"),
  open: phrase("open"),
  waiting: phrase("lost, trying again"),
  ended: phrase("all received"),
  failed: phrase("failed"),
  closed: phrase("closed"),
  file: phrase("finished file"),
};

/** What a screen reader says of how it is coming along: a stage, not each turn. @param {import("../episode.js").Episode} episode */
function toldOf({ state, stages }) {
  if (state === "COMPLETED") return say("Finished.");
  const running = Object.entries(STAGES).filter(([stage]) => stages[stage] === "RUNNING");
  return running.map(([, word]) => say(word)).join(", ");
}

/**
 * The picture behind a link, for the page and the lock screen alike; null where it cannot be had.
 * @param {string} url
 */
async function fetchCover(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(COVER_WITHIN_MS) });
    return answer.ok ? URL.createObjectURL(await answer.blob()) : null;
  } catch {
    return null;
  }
}

/** @param {string} url */
function hostOf(url) {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^www\./, "") : "";
}
