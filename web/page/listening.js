/**
 * All that is seen of a podcast: its page, the player's controls, and what can be done with it besides hearing it.
 *
 * Loaded when somebody is about to ask for one or to open one: a first visit does not wait for it, nor does the sound.
 */

import { isDry } from "../media/buffering.js";
import { Dock } from "./dock.js";
import { byId } from "./dom.js";
import { Downloads } from "./downloads.js";
import { EpisodeView } from "./episode_view.js";
import { Keeping } from "./keeping.js";
import { KeptMoments } from "./kept_moments.js";
import { Moments } from "./moments.js";
import { Reach } from "./reach.js";
import { Renaming } from "./renaming.js";
import { ScriptEditor } from "./script_editor.js";
import { addressOf, quoted, Sharing } from "./sharing.js";
import { SleepTimer } from "./sleep_timer.js";
import { toast } from "./toast.js";
import { Transcript } from "./transcript.js";
import { UpNext } from "./up_next.js";
import { say } from "./words.js";

const [SOONEST_MS, LATEST_MS] = [20, 1_000];
/** Words that are due so soon are lit now: a clock that is a little behind would have them wait for one more picture. */
const EARLY_S = 0.03;
/** So long the clock waits for words that are due: each picture costs, and two at once are one. */
const WAITS_MS = 700;
/** What it is painted with, in the order in which one overrides another. */
const STYLES = ["episode", "about", "transcript", "editor", "dock", "panels"];
const STYLES_WITHIN_MS = 5_000;

/** @typedef {import("../episode.js").Episode} Episode */

/** Resolves once it can be painted; without its styles, which may not come, it can be read still. */
export async function paintable() {
  const links = STYLES.map((name) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(`../styles/${name}.css`, import.meta.url).href;
    const there = new Promise((resolve) => (link.onload = link.onerror = resolve));
    document.head.append(link);
    return there;
  });
  await Promise.race([Promise.all(links), new Promise((resolve) => setTimeout(resolve, STYLES_WITHIN_MS))]);
}

export class Listening {
  dock;
  upNext;
  #player;
  #reach;
  #transcript;
  #view;
  #sleep;
  #keeping;
  #downloads = new Downloads();
  #editor;
  #renaming;
  #sharing;
  #moments;
  #cost = byId("cost", HTMLDetailsElement);
  /** @type {Episode | null} */
  #episode = null;
  #words = 0;
  /** When the next words are due, on the clock of this page, in ms. */
  #due = Infinity;
  #beat = "";

  /**
   * @param {import("../api.js").Api} api
   * @param {import("./places.js").Places} places
   * @param {import("../media/player.js").Player} player
   * @param {object} actions
   * @param {(seconds: number) => void} actions.seek
   * @param {() => void} actions.again  do what failed once more
   * @param {() => boolean} actions.canRepeat  whether what was asked for is known still
   * @param {(topic: string) => void} actions.anew  ask for another one
   * @param {(error: {code?: string, message?: string, status?: number}) => void} actions.key  ask for the access key
   * @param {(wanted: string, ask: (id: string) => Promise<import("../api.js").Accepted>) => Promise<void>} actions.derive  hear one that is made of this one
   * @param {(id: string) => void} actions.play  another podcast
   */
  constructor(api, places, player, { derive, play, ...actions }) {
    this.#player = player;
    this.#transcript = new Transcript(actions.seek, (turn) => void this.#shareLine(turn));
    this.#reach = new Reach({
      arrived: () => player.availableS,
      change: () => this.#episode?.tellAway(this.#reach.isAway),
      back: () => this.#episode?.connection?.networkReturned(true),
    });
    this.dock = new Dock(player, this.#reach, (speaker) => this.#transcript.voice(speaker));
    this.upNext = new UpNext(play);
    this.#sleep = new SleepTimer({
      pause: () => player.pause(),
      position: () => player.position,
      chapterEnd: (position) => this.#episode?.chapters.find(({ start }) => start > position)?.start ?? Infinity,
    });
    this.#view = new EpisodeView(player, { ...actions, more: (chapter) => void derive(`more about ${chapter}`, (id) => api.moreAbout(id, chapter)) });
    this.#keeping = new Keeping(api);
    /** @param {import("../api.js").SegmentEdit[]} edits */
    const remake = (edits) =>
      derive("remade", async (id) => {
        const made = await api.remake(id, edits);
        this.#editor.forget();
        return made;
      });
    this.#editor = new ScriptEditor(api, { remake });
    this.#renaming = new Renaming(api);
    this.#sharing = new Sharing(api, copy, toast);
    this.#cost.addEventListener("toggle", () => void this.#showCost(api));
    this.#moments = new Moments(new KeptMoments(api, places), actions.seek);
    this.#joinButtons();
    player.addEventListener("change", () => this.follow());
    document.addEventListener("visibilitychange", () => this.#followWords());
    const audio = byId("audio", HTMLAudioElement);
    for (const type of ["timeupdate", "progress"]) audio.addEventListener(type, () => this.#followBeat());
  }

  /** Nothing of the last podcast stays. @param {Episode | null} episode  what is heard now */
  open(episode) {
    this.#episode = episode;
    this.#reach.watch(false);
    this.#transcript.clear();
    this.#view.clear();
    this.#downloads.close();
    this.#editor.clear();
    this.#cost.open = false;
    this.dock.open(episode);
    this.#sleep.forgetChapter();
    this.update();
    if (!episode) this.dock.update();
  }

  /** Where it is on its page, rather than on another one. */
  get #isShown() {
    return document.body.dataset.view === "episode";
  }

  /** Whether its listener wants nothing to follow it. */
  stopsHere() {
    return this.#sleep.stopsHere();
  }

  focus() {
    this.#view.focus();
  }

  /** What is known of it has changed. */
  update() {
    const episode = this.#episode;
    if (!episode) return;
    this.#view.update(episode);
    if (this.#isShown) this.#view.entitle(episode);
    this.#downloads.show(episode);
    this.#editor.show(episode);
    this.#renaming.show(episode);
    this.#keeping.show(episode);
    this.#moments.show(episode);
    this.#cost.hidden = !episode.id || episode.share !== null;
    const isNothing = episode.error !== null && !episode.turns.length;
    for (const id of ["share", "copy"]) byId(id, HTMLButtonElement).hidden = isNothing;
    this.#transcript.show(episode.turns, episode.sources);
    this.follow();
  }

  /** What moves with the sound. */
  follow() {
    this.#reach.watch(this.#episode !== null && (this.#episode.isAsked || isDry(this.#player.state)));
    if (!this.#episode) return;
    this.#beat = this.#now;
    this.dock.update();
    this.#view.follow(this.#episode);
    this.#followWords();
  }

  /** Each word when it is due; nothing turns while nobody looks. */
  #followWords() {
    const player = this.#player;
    clearTimeout(this.#words);
    this.#due = Infinity;
    if (!this.#episode) return;
    this.#sleep.follow(player.position);
    if (player.state === "starting") return;
    const next = this.#transcript.follow(player.position + EARLY_S);
    if (player.state !== "playing" || document.hidden) return;
    const ms = Math.max(SOONEST_MS, Math.min(player.msUntil(next), LATEST_MS));
    this.#due = performance.now() + ms;
    this.#words = window.setTimeout(() => this.#followDue(), ms);
  }

  /** The words that are due, and with them all else where that is due. */
  #followDue() {
    if (this.#now === this.#beat) this.#followWords();
    else this.follow();
  }

  /** The element tells several times a second how it goes, which is drawn once. */
  #followBeat() {
    if (this.#now !== this.#beat && this.#due - performance.now() > WAITS_MS) this.follow();
  }

  get #now() {
    return `${Math.floor(this.#player.position)} ${Math.floor(this.#player.availableS)}`;
  }

  /** What is said there, with a link that leads there. @param {import("../production.js").Turn} turn */
  async #shareLine(turn) {
    const episode = this.#episode;
    if (!episode?.id) return;
    this.#moments.choose(turn);
    if (!episode.share) return this.#sharing.open(episode, turn);
    await copy(quoted(episode, turn, addressOf(episode.id, episode.share, turn)), say("Line and link copied"));
  }

  /** Asked for by who wants to know it. @param {import("../api.js").Api} api */
  async #showCost(api) {
    const id = this.#episode?.id;
    if (!this.#cost.open || !id) return;
    const { showCost } = await import("./usage.js");
    await showCost(api, id);
  }

  #joinButtons() {
    byId("share", HTMLButtonElement).addEventListener("click", () => {
      this.#moments.choose(null);
      if (this.#episode?.share) void copy(location.href, say("Link copied"));
      else if (this.#episode?.id) this.#sharing.open(this.#episode);
    });
    byId("copy", HTMLButtonElement).addEventListener("click", () => {
      void copy(this.#transcript.text(this.#episode?.title ?? ""), say("Transcript copied"));
    });
    const stop = byId("stop-dialog", HTMLDialogElement);
    byId("cancel", HTMLButtonElement).addEventListener("click", () => {
      stop.returnValue = "";
      stop.showModal();
    });
    stop.addEventListener("close", () => stop.returnValue === "stop" && void this.#episode?.cancel());
  }
}

/** @param {string} text @param {string} done */
async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(say("The browser does not allow copying"));
  }
}
