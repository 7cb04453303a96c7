/**
 * The listener's podcasts in a podcast app: a private feed, whose address is a secret, for the app on this device or, as a
 * QR code, for the one on a phone. Loaded when somebody asks for it.
 */

import { el } from "./dom.js";
import { day } from "./format.js";
import { toast } from "./toast.js";
import { say } from "./words.js";

/** An address without its scheme, for whose place an app has its own. @param {string} url */
const bare = (url) => url.replace(/^https?:\/\//, "");

/** What opens an app with a feed. @type {Record<string, (url: string) => string>} */
const APPS = {
  "Apple Podcasts": (url) => `podcast://${bare(url)}`,
  Overcast: (url) => `overcast://x-callback-url/add?url=${encodeURIComponent(url)}`,
  "Pocket Casts": (url) => `pktc://subscribe/${bare(url)}`,
  Castro: (url) => `castros://subscribe/${bare(url)}`,
};
const HERE_ALONE = /^(localhost|127\.|\[::1\])/;

export class PodcastApp {
  #api;
  #place = el("div", { class: "feed" });
  #actions = el("div", { class: "dialog-actions" });
  #dialog;

  /** @param {import("../api.js").Api} api */
  constructor(api) {
    this.#api = api;
    this.#dialog = el(
      "dialog",
      { id: "feed-dialog", "aria-labelledby": "feed-title" },
      el(
        "form",
        { method: "dialog" },
        el("h2", { id: "feed-title" }, say("In your podcast app")),
        el("p", {}, say("A private feed brings every podcast of yours to an app of your choice, as soon as it is finished. Its address is a secret: whoever has it can hear them all. You can take it back.")),
        this.#place,
        this.#actions,
      ),
    );
    document.body.append(this.#dialog);
  }

  /** The first address is shown at once; those there are were told once, and lead to another, or back. */
  async open() {
    this.#show([el("p", { class: "hint" }, say("A moment…"))], false);
    this.#dialog.showModal();
    try {
      const { feeds } = await this.#api.feeds();
      if (feeds.length === 0) await this.#make();
      else this.#showFormer(feeds);
    } catch {
      this.#trouble();
    }
  }

  /** @param {import("../api_types.js").ListedFeed[]} feeds */
  #showFormer(feeds) {
    const last = day(new Date(feeds[feeds.length - 1].created_at), new Date());
    const there = say("There is an address already, of {day}.|There are {count} addresses, the last of {day}.", { count: feeds.length, day: last });
    const another = el("button", { class: "primary", type: "button", onclick: () => void this.#make() }, say("Make another one"));
    this.#show([el("p", {}, there, " ", say("It was shown once, and no one can look it up again.")), another], true);
  }

  async #make() {
    try {
      const { url, qr } = await this.#api.createFeed();
      const picture = URL.createObjectURL(new Blob([qr], { type: "image/svg+xml" }));
      const copy = () => navigator.clipboard.writeText(url).then(() => toast(say("Address copied")), () => toast(say("The browser does not allow copying")));
      const local = HERE_ALONE.test(bare(url));
      this.#show(
        [
          el("img", { class: "qr", src: picture, alt: say("The address as a QR code"), onload: () => URL.revokeObjectURL(picture) }),
          el("p", {}, local ? say("This address is of this computer alone: apps elsewhere cannot come to it.") : say("Point a phone’s camera at the code, or open it here:")),
          el("ul", { class: "apps" }, ...Object.entries(APPS).map(([name, link]) => el("li", {}, el("a", { class: "quiet-button", href: link(url), translate: "no" }, name)))),
          el("p", {}, say("Any other app takes the address under “add by URL”:")),
          el(
            "div",
            { class: "feed-address" },
            el("input", { readonly: true, value: url, "aria-label": say("Address of the feed"), onfocus: ({ target }) => target.select() }),
            el("button", { class: "quiet-button", type: "button", onclick: copy }, say("Copy")),
          ),
        ],
        true,
      );
    } catch {
      this.#trouble();
    }
  }

  async #takeBack() {
    try {
      await this.#api.revokeFeeds();
      this.#dialog.close();
      toast(say("Taken back: no app finds your podcasts by it any more"));
    } catch {
      toast(say("It could not be taken back; try again"));
    }
  }

  #trouble() {
    this.#show([el("p", {}, say("The address cannot be had just now.")), el("button", { class: "primary", type: "button", onclick: () => void this.open() }, say("Try again"))], false);
  }

  /** @param {HTMLElement[]} content @param {boolean} revocable  there is an address to be taken back */
  #show(content, revocable) {
    this.#place.replaceChildren(...content);
    const back = el("button", { class: "quiet-button", type: "button", onclick: () => void this.#takeBack() }, say("Take back"));
    this.#actions.replaceChildren(...(revocable ? [back] : []), el("button", { class: "quiet-button", value: "close" }, say("Close")));
  }
}
