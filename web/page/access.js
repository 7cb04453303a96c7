/** The access key: what it looks like, asking for it, and saying in clear words why one does not work. */

import { byId } from "./dom.js";
import { recall, remember } from "./memory.js";
import { plainWords } from "./plain_words.js";
import { say } from "./words.js";

/** What a mail, a chat or a word processor puts around a key that is copied out of it. */
const AROUND = /[\s"'`<>\u00a0\u2018-\u201f\u2039\u203a\u00ab\u00bb\u200b-\u200f\u2060\ufeff]/g;
/** What may stand in an HTTP header (RFC 9110, section 5.5), without spaces. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** @param {string} pasted */
export const cleanKey = (pasted) => pasted.replace(AROUND, "");

/** The first character that no key has; "" where there is none. @param {string} key */
export const strangeIn = (key) => [...key].find((one) => !SENDABLE.test(one)) ?? "";

/** Whether an answer is about the key. @param {{status?: number} | null | undefined} error */
export const isAboutKey = (error) => error?.status === 401 || error?.status === 403;

/** The key that this browser remembers. @param {string | null} [given]  the one that is used in its place @returns {string | null} */
export function keptKey(given = null) {
  const kept = given ?? recall("key", null);
  return typeof kept === "string" && SENDABLE.test(cleanKey(kept)) ? cleanKey(kept) : null;
}

export class Access {
  #dialog = byId("key-dialog", HTMLDialogElement);
  #input = byId("key-input", HTMLInputElement);
  #text = byId("key-text", HTMLElement);
  #problem = byId("key-problem", HTMLElement);
  #forget = byId("key-forget", HTMLButtonElement);
  /** @type {string | null} The one that the server hands to everybody. */
  #given;
  /** @type {((given: boolean) => void)[]} */
  #asking = [];
  #usual;

  /**
   * @param {string | null} given
   * @param {{back: () => string | null, leave: () => boolean} | null} how  people sign in, where they can (sign_in.js)
   * @param {() => void} onForget
   */
  constructor(given, how, onForget) {
    this.#given = given;
    const token = how?.back();
    if (token) remember("key", token);
    const button = byId("sign-in", HTMLButtonElement);
    button.hidden = how === null;
    button.addEventListener("click", () => {
      if (!how?.leave()) this.#tell(say("This browser stores nothing for this page, which signing in takes. Allow it to, or enter a key."));
    });
    this.#usual = this.#text.textContent;
    byId("key-form", HTMLFormElement).addEventListener("submit", (event) => {
      const key = cleanKey(this.#input.value);
      const strange = strangeIn(key);
      if (key && !strange) return;
      event.preventDefault();
      this.#tell(strange ? say("No key has a “{character}” in it: copy the key anew.", { character: strange }) : say("That is no key yet."));
    });
    this.#input.addEventListener("input", () => this.#tell(""));
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#forget.addEventListener("click", () => {
      this.#dialog.close();
      onForget();
    });
  }

  /** @returns {string | null} */
  get key() {
    return keptKey(this.#given);
  }

  /** Whether everybody comes with the same key, which nobody has to know. */
  get isHandedOut() {
    return this.#given !== null;
  }

  /**
   * Ask for the key; whether one was given.
   * @param {{code?: string, message?: string, status?: number} | null} [refused]  why the one there is does not work
   * @returns {Promise<boolean>}
   */
  ask(refused = null) {
    this.#input.value = refused ? "" : (this.key ?? "");
    this.#forget.hidden = recall("key", null) === null;
    const words = refused && plainWords(refused);
    this.#text.textContent = this.#usual;
    this.#tell(words ? `${words.title}. ${words.advice}` : "");
    this.#dialog.returnValue = "";
    if (!this.#dialog.open) this.#dialog.showModal();
    return new Promise((resolve) => this.#asking.push(resolve));
  }

  #closed() {
    const given = this.#dialog.returnValue === "save";
    if (given) {
      this.#given = null;
      remember("key", cleanKey(this.#input.value));
    }
    for (const resolve of this.#asking.splice(0)) resolve(given);
  }

  /** @param {string} problem */
  #tell(problem) {
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === "";
  }
}
