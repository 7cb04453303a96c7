/**
 * Hand a podcast on: a link that lets whoever has it hear and read this one podcast without a key, for some days.
 *
 * The share stands behind the `#`, which no browser sends to a server.
 */

import { byId, el } from "./dom.js";
import { day } from "./format.js";
import { say } from "./words.js";

export class Sharing {
  #dialog = byId("share-dialog", HTMLDialogElement);
  #list = byId("shares", HTMLElement);
  #make = byId("share-make", HTMLButtonElement);
  #days = byId("share-days", HTMLSelectElement);
  #api;
  #copy;
  #tell;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;

  /**
   * @param {import("../api.js").Api} api
   * @param {(text: string, done: string) => Promise<void>} copy
   * @param {(message: string) => void} tell
   */
  constructor(api, copy, tell) {
    this.#api = api;
    this.#copy = copy;
    this.#tell = tell;
    this.#make.addEventListener("click", () => void this.#share());
  }

  /** @param {import("../episode.js").Episode} episode  of the listener's own */
  open(episode) {
    this.#episode = episode;
    this.#list.replaceChildren();
    this.#dialog.showModal();
    void this.#refresh();
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
      await this.#hand(episode, addressOf(episode.id, share.token));
    } catch {
      this.#tell(say("No link could be made; try again"));
    }
    this.#make.disabled = false;
  }

  /** @param {import("../episode.js").Episode} episode @param {import("../api_types.js").Share} share */
  #row(episode, share) {
    const id = episode.id ?? "";
    const address = addressOf(id, share.token);
    const until = day(new Date(share.expires_at), new Date());
    const row = el(
      "li",
      {},
      el("input", { readonly: true, value: address, "aria-label": say("Link, good until {day}", { day: until }), onfocus: ({ target }) => target.select() }),
      el("small", {}, say("Until {day}", { day: until })),
      el("button", { class: "quiet-button", type: "button", onclick: () => void this.#copy(address, say("Link copied")) }, say("Copy")),
      el("button", { class: "quiet-button", type: "button", onclick: () => void this.#revoke(id, share.id) }, say("Take back")),
    );
    return row;
  }

  /** @param {import("../episode.js").Episode} episode @param {string} url */
  async #hand({ title }, url) {
    if (!navigator.share) return this.#copy(url, say("Link copied"));
    await navigator.share({ title, url }).catch(() => {}); // they thought better of it
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

/** @param {string} id @param {string} share */
function addressOf(id, share) {
  return `${location.origin}${location.pathname}#/s/${id}/${share}`;
}
