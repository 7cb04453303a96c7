/**
 * Hand a podcast on: a link that lets whoever has it hear and read this one podcast without a key, for some days.
 *
 * The share stands behind the `#`, which no browser sends to a server.
 */

import { ApiError } from "../api.js";
import { byId, el } from "./dom.js";
import { day } from "./format.js";
import { inShort } from "./plain_words.js";
import { say } from "./words.js";

/** @typedef {import("../episode.js").Episode} Episode */
/** @typedef {import("../production.js").Turn} Turn */

export class Sharing {
  #dialog = byId("share-dialog", HTMLDialogElement);
  #list = byId("shares", HTMLElement);
  #make = byId("share-make", HTMLButtonElement);
  #days = byId("share-days", HTMLSelectElement);
  #api;
  #copy;
  #tell;
  /** @type {Episode | null} */
  #episode = null;
  /** A line of it, where that is what is shared. @type {Turn | null} */
  #turn = null;
  #quote = el("blockquote", { dir: "auto" });

  /**
   * @param {import("../api.js").Api} api
   * @param {(text: string, done: string) => Promise<void>} copy
   * @param {(message: string) => void} tell
   */
  constructor(api, copy, tell) {
    this.#api = api;
    this.#copy = copy;
    this.#tell = tell;
    byId("moment-bar", HTMLElement).before(this.#quote);
    this.#make.addEventListener("click", () => void this.#share());
  }

  /** @param {Episode} episode  of the listener's own @param {Turn | null} [turn]  of it that is shared: links lead there */
  open(episode, turn = null) {
    this.#episode = episode;
    this.#turn = turn;
    this.#quote.hidden = turn === null;
    this.#quote.textContent = turn?.text ?? "";
    this.#list.replaceChildren();
    this.#dialog.showModal();
    void this.#refresh();
  }

  get #done() {
    return this.#turn ? say("Line and link copied") : say("Link copied");
  }

  async #refresh() {
    const episode = this.#episode;
    if (!episode?.id) return;
    try {
      const { shares } = await this.#api.shares(episode.id);
      if (episode === this.#episode) this.#list.replaceChildren(...shares.map((share) => this.#row(episode, share)));
    } catch {
      this.#tell(say("The links there are cannot be listed; try again"));
    }
  }

  async #share() {
    const episode = this.#episode;
    if (!episode?.id) return;
    this.#make.disabled = true;
    try {
      const share = await this.#api.share(episode.id, Number(this.#days.value));
      const row = this.#row(episode, share);
      this.#list.append(row);
      await this.#hand(episode, addressOf(episode.id, share.token, this.#turn));
    } catch (error) {
      this.#tell(error instanceof ApiError && error.final ? inShort(error) : say("No link could be made; try again"));
    }
    this.#make.disabled = false;
  }

  /** @param {Episode} episode @param {import("../api_types.js").Share} share */
  #row(episode, share) {
    const id = episode.id ?? "";
    const address = addressOf(id, share.token, this.#turn);
    const whole = this.#turn ? quoted(episode, this.#turn, address) : address;
    const until = day(new Date(share.expires_at), new Date());
    const row = el(
      "li",
      {},
      el("input", { readonly: true, value: address, "aria-label": say("Link, good until {day}", { day: until }), onfocus: ({ target }) => target.select() }),
      el("small", {}, say("Until {day}", { day: until })),
      el("button", { class: "quiet-button", type: "button", onclick: () => void this.#copy(whole, this.#done) }, say("Copy")),
      el("button", { class: "quiet-button", type: "button", onclick: () => void this.#revoke(id, share.id) }, say("Take back")),
    );
    return row;
  }

  /** @param {Episode} episode @param {string} url */
  async #hand(episode, url) {
    if (!navigator.share) return this.#copy(this.#turn ? quoted(episode, this.#turn, url) : url, this.#done);
    const text = this.#turn ? { text: quoted(episode, this.#turn, "") } : {};
    await navigator.share({ title: episode.title, url, ...text }).catch(() => {}); // they thought better of it
  }

  /** @param {string} id @param {string} share */
  async #revoke(id, share) {
    try {
      await this.#api.revokeShare(id, share);
      this.#tell(say("Taken back: the link leads nowhere now"));
    } catch {
      this.#tell(say("It could not be taken back; try again"));
    }
    await this.#refresh();
  }
}

/** @param {string} id @param {string} share @param {Turn | null} [turn]  where it leads */
export function addressOf(id, share, turn = null) {
  return `${location.origin}${location.pathname}#/s/${id}/${share}${turn ? `?t=${Math.floor(turn.start)}` : ""}`;
}

/** A line as it is passed on: who says it, where, and where to hear it. @param {Episode} episode @param {Turn} turn @param {string} address */
export function quoted({ title }, { text, speaker }, address) {
  return [`“${text}”`, say("{speaker}, in “{title}”", { speaker, title }), address].filter(Boolean).join("\n");
}
