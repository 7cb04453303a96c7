/** The player's controls: position, play, skips, speed. */

import { byId, el } from "./dom.js";
import { clock, number, spokenTime } from "./format.js";
import { Levels } from "./levels.js";
import { LockScreen } from "./lock_screen.js";
import { recall, remember } from "./memory.js";
import { stateWords } from "./state_words.js";
import { toast } from "./toast.js";
import { say } from "./words.js";
import { PACKET_MS } from "../contract.js";

const BACK_S = 15;
const FORWARD_S = 30;
/** 0.5 to 3, a tenth apart. */
const SPEEDS = Array.from({ length: 26 }, (_, tenths) => (tenths + 5) / 10);
/** A bar shows how loud its first 120 ms are: over the whole of what it stands for, all speech is the same. */
const GLIMPSE_PACKETS = 6;
/** Who has moved more than this between two looks has not merely listened on. */
const STEP_S = 5;
/** "Previous chapter" goes to the beginning of this one, unless that was just now. */
const JUST_NOW_S = 3;

/** States in which there is sound, or will be without a click. */
const SOUNDING = new Set(["playing", "starting", "buffering"]);

export class Dock {
  #dock = byId("dock", HTMLElement);
  #seek = byId("seek", HTMLInputElement);
  #bubble = byId("bubble", HTMLOutputElement);
  #play = byId("play", HTMLButtonElement);
  #elapsed = byId("elapsed", HTMLElement);
  #total = byId("total", HTMLElement);
  #state = byId("playing-state", HTMLElement);
  #title = byId("now-playing", HTMLAnchorElement);
  #speed = byId("speed", HTMLSelectElement);
  #sound = byId("sound", HTMLSelectElement);
  #levels = new Levels(byId("levels", HTMLCanvasElement));
  #player;
  #reach;
  #voice;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;
  #scrubbing = false;
  /** Where it was at the last look, in seconds. */
  #position = 0;
  #lockScreen;

  /** @param {import("../media/player.js").Player} player @param {import("./reach.js").Reach} reach @param {(speaker: string) => number} voice */
  constructor(player, reach, voice) {
    this.#player = player;
    this.#reach = reach;
    this.#voice = voice;
    this.#play.addEventListener("click", () => this.#episode?.toggle());
    byId("back", HTMLButtonElement).addEventListener("click", () => this.back());
    byId("forward", HTMLButtonElement).addEventListener("click", () => this.forward());
    this.#speed.addEventListener("change", () => this.#setSpeed(Number(this.#speed.value)));
    this.#speed.append(...SPEEDS.map((speed) => el("option", { value: speed }, `${number(speed)}×`)));
    this.#speed.value = String(player.rate);
    if (!canBeLouder()) for (const option of this.#sound.querySelectorAll("[value*=louder]")) option.remove();
    this.#sound.value = recall("sound", "");
    this.#sound.addEventListener("change", () => void this.#setSound(this.#sound.value));
    this.#seek.addEventListener("input", () => this.#scrub());
    this.#seek.addEventListener("change", () => {
      this.#scrubbing = false;
      this.#bubble.hidden = true;
      this.#episode?.seek(Number(this.#seek.value));
    });
    this.#seek.addEventListener("pointermove", (event) => this.#hover(event));
    this.#seek.addEventListener("pointerleave", () => (this.#bubble.hidden = true));
    this.#lockScreen = new LockScreen({
      play: () => player.paused && this.#episode?.toggle(),
      pause: () => player.pause(),
      back: (seconds) => this.back(seconds),
      forward: (seconds) => this.forward(seconds),
      seek: (position) => this.#episode?.seek(position),
      changeChapter: (way) => this.changeChapter(way),
    });
  }

  /** @param {import("../episode.js").Episode | null} episode */
  open(episode) {
    this.#episode = episode;
    this.#scrubbing = false;
    this.#levels.clear();
    this.#lockScreen.clear();
  }

  /** Colors have changed. */
  repaint() {
    this.#levels.invalidate();
  }

  back(seconds = BACK_S) {
    this.#episode?.seek(this.#player.position - seconds);
  }

  forward(seconds = FORWARD_S) {
    this.#episode?.seek(this.#player.position + seconds);
  }

  /** @param {1 | -1} way */
  changeSpeed(way) {
    const at = SPEEDS.findIndex((speed) => speed >= this.#player.rate);
    this.#setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + way))]);
  }

  /** @param {1 | -1} way */
  changeChapter(way) {
    if (!this.#episode) return;
    const starts = this.#episode.chapters.map(({ start }) => start);
    const position = this.#player.position;
    const target = way > 0 ? starts.find((start) => start > position) : starts.findLast((start) => start < position - JUST_NOW_S);
    if (target !== undefined) this.#episode.seek(target);
    else if (way < 0) this.#episode.seek(0);
  }

  /** Show how things are at this moment. Cheap where nothing has changed. */
  update() {
    const episode = this.#episode;
    const state = this.#player.state;
    this.#dock.hidden = !episode || state === "idle";
    document.body.classList.toggle("docked", !this.#dock.hidden);
    if (!episode || this.#dock.hidden) return;
    const playing = SOUNDING.has(state);
    this.#play.classList.toggle("playing", playing);
    this.#play.classList.toggle("busy", state === "starting" || state === "buffering");
    setAttribute(this.#play, "aria-label", playing ? say("Pause") : say("Play"));
    setText(this.#state, stateWords(episode, this.#player, navigator.onLine && !this.#reach.isAway));
    setText(this.#title, episode.title || say("Your podcast"));
    setAttribute(this.#title, "href", episode.share ? `#/s/${episode.id}/${episode.share}` : `#/p/${episode.id ?? ""}`);
    const duration = episode.durationS;
    const position = this.#scrubbing ? Number(this.#seek.value) : this.#player.position;
    setText(this.#elapsed, clock(position));
    setText(this.#total, episode.durationKnown ? clock(duration) : say("about {time}", { time: clock(duration) }));
    setAttribute(this.#seek, "max", String(duration));
    if (!this.#scrubbing) this.#seek.value = String(position);
    this.#tellPosition(position, duration);
    this.#drawLevels(episode, duration, position);
    const { title, cover } = episode;
    this.#lockScreen.show({
      title,
      chapters: episode.chapters,
      cover: cover ?? undefined,
      playing,
      position: this.#player.position,
      duration,
      rate: this.#player.rate,
    });
  }

  /** Where the focus is screen readers say each change: there they learn where the listener went, not that time goes by. @param {number} position @param {number} duration */
  #tellPosition(position, duration) {
    const listensOn = Math.abs(position - this.#position) < STEP_S;
    this.#position = position;
    if (listensOn && !this.#scrubbing && document.activeElement === this.#seek) return;
    setAttribute(this.#seek, "aria-valuetext", say("{position} of {duration}", { position: spokenTime(position), duration: spokenTime(duration) }));
  }

  /** @param {import("../episode.js").Episode} episode @param {number} duration @param {number} position */
  #drawLevels(episode, duration, position) {
    const { store } = episode;
    this.#levels.draw({
      duration,
      position,
      available: episode.artifacts ? duration : this.#player.availableS, // the file has what has not been sent
      level: (at) => {
        const packet = Math.floor((at * 1000) / PACKET_MS);
        return packet < store.end ? store.level(packet, packet + GLIMPSE_PACKETS) : null;
      },
      voice: (at) => {
        const turn = episode.turnAt(at);
        return turn ? this.#voice(turn.speaker) : 1;
      },
      marks: episode.chapters.map(({ start }) => start),
    });
  }

  #scrub() {
    this.#scrubbing = true;
    this.#showBubble(Number(this.#seek.value));
    this.update();
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    if (event.pointerType === "touch" || this.#scrubbing) return;
    const box = this.#seek.getBoundingClientRect();
    this.#showBubble(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * Number(this.#seek.max));
  }

  /** @param {number} at seconds */
  #showBubble(at) {
    const chapter = this.#episode?.chapters.findLast(({ start }) => start <= at)?.title;
    setText(this.#bubble, chapter ? `${clock(at)} · ${chapter}` : clock(at));
    this.#bubble.style.setProperty("--at", String(at / Number(this.#seek.max)));
    this.#bubble.hidden = false;
  }

  /** @param {number} speed */
  #setSpeed(speed) {
    this.#player.rate = speed;
    this.#speed.value = String(speed);
    remember("speed", speed);
  }

  /** @param {string} sound  as Player's `setSound` has it */
  async #setSound(sound) {
    remember("sound", sound);
    try {
      await this.#player.setSound(sound);
    } catch {
      toast(say("It cannot be loaded now; try again"));
    }
    this.#episode?.reopen();
  }
}

/** Whether pages decide how loud they are: on iPhones the listener does alone, and what is amplified stops with the screen. */
function canBeLouder() {
  const probe = new Audio();
  probe.volume = 0.5;
  return probe.volume === 0.5;
}

/** @param {Element} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Element} element @param {string} name @param {string} value */
function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
