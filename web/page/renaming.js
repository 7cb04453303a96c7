/** Another title for the podcast that is open. */

import { byId } from "./dom.js";
import { inShort } from "./plain_words.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

export class Renaming {
  #button = byId("rename", HTMLButtonElement);
  #dialog = byId("rename-dialog", HTMLDialogElement);
  #input = byId("rename-input", HTMLInputElement);
  #api;
  /** @type {import("../episode.js").Episode | null} */
  #episode = null;

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.#api = api;
    this.#button.addEventListener("click", () => {
      this.#input.value = this.#episode?.title ?? "";
      this.#dialog.returnValue = "";
      this.#dialog.showModal();
      this.#input.select();
    });
    this.#dialog.addEventListener("close", () => this.#dialog.returnValue === "save" && void this.#rename());
  }

  /** @param {import("../episode.js").Episode} episode */
  show(episode) {
    this.#episode = episode;
    this.#button.hidden = !episode.id || !episode.title || episode.share !== null;
  }

  async #rename() {
    const [episode, title] = [this.#episode, this.#input.value.trim()];
    if (!episode?.id || !title || title === episode.title) return;
    try {
      const podcast = await this.#api.rename(episode.id, title);
      episode.named(podcast.title);
      episode.dispatchEvent(new Event("change"));
      toast(say("Renamed"));
    } catch (error) {
      toast(inShort(/** @type {any} */ (error)));
    }
  }
}
