/**
 * What can be done with a podcast besides hearing it. Loaded with the first podcast that is opened: a first visit does
 * not wait for it.
 */

import { Downloads } from "./downloads.js";
import { Renaming } from "./renaming.js";
import { ScriptEditor } from "./script_editor.js";
import { Sharing } from "./sharing.js";

export class Tools {
  #downloads = new Downloads();
  #editor;
  #renaming;
  #sharing;

  /**
   * @param {import("../api.js").Api} api
   * @param {{remake: (edits: import("../api.js").SegmentEdit[]) => Promise<void>,
   *          copy: (text: string, done: string) => Promise<void>,
   *          tell: (message: string) => void}} actions
   */
  constructor(api, { remake, copy, tell }) {
    this.#editor = new ScriptEditor(api, { remake });
    this.#renaming = new Renaming(api);
    this.#sharing = new Sharing(api, copy, tell);
  }

  /** Nothing of the last podcast stays. */
  clear() {
    this.#downloads.close();
    this.#editor.clear();
  }

  /** @param {import("../episode.js").Episode} episode */
  show(episode) {
    this.#downloads.show(episode);
    this.#editor.show(episode);
    this.#renaming.show(episode);
  }

  /** @param {import("../episode.js").Episode} episode */
  share(episode) {
    this.#sharing.open(episode);
  }
}
