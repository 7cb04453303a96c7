/** The start page's form: one field, files, and what can be chosen about the podcast. */

import { DEFAULT_MINUTES, FILE_ENDINGS, LANGUAGES, MAX_FOCUS_CHARACTERS, MAX_HOST_NAME_CHARACTERS, MAX_MINUTES, MAX_SHOW_CHARACTERS, STYLES } from "../contract.js";
import { choicesOf } from "../opening.js";
import { byId, el, icon } from "./dom.js";
import { capitalized, languageName, list, size, unit } from "./format.js";
import { recall, recallHere, remember, rememberHere } from "./memory.js";
import { plainWords } from "./plain_words.js";
import { buildRequest, describeWish, readPronunciations, readWish, tooMuch, unclearIn } from "./request.js";
import { language as pageLanguage, phrase, say } from "./words.js";

const MINUTES = [1, 3, 5, 10, 20, 40, 90, 180].filter((minutes) => minutes <= MAX_MINUTES);
const NAMES = ["Ada", "Ben", "Cleo", "Dan"];
/** What every engine calls the usual voices of the hosts. */
const USUAL_VOICES = ["first", "second", "third", "fourth"];
const DEFAULTS = {
  minutes: DEFAULT_MINUTES,
  style: STYLES[0],
  language: "",
  people: 2,
  hosts: ["", "", "", ""], // the usual names
  speech_engine: "", // the default one
  language_engine: "",
  voices: ["", "", "", ""], // the usual ones
  said: "", // "Nginx = engine x", a line a word
  show: "",
};
/** @type {Record<string, string>} */
const ENGINES = {
  espeak: "espeak-ng",
  extractive: phrase("The sources’ own sentences"),
  gemini: "Gemini",
  google: "Google",
  hibari: phrase("Natural English, espeak-ng for the rest"),
  openai: phrase("A server of the operator’s own"),
};

export class Composer {
  #form = byId("composer", HTMLFormElement);
  #field = byId("field", HTMLElement);
  #wish = byId("wish", HTMLTextAreaElement);
  #hint = byId("wish-hint", HTMLElement);
  #error = byId("form-error", HTMLElement);
  #fileList = byId("files", HTMLElement);
  #fileInput = byId("file-input", HTMLInputElement);
  #hosts = NAMES.map((_, at) => byId(`host-${at + 1}`, HTMLInputElement));
  #script = byId("as-script", HTMLInputElement);
  #focus = byId("focus", HTMLInputElement);
  #language = byId("language", HTMLSelectElement);
  #said = byId("said", HTMLTextAreaElement);
  #show = byId("show", HTMLInputElement);
  #draft = byId("draft", HTMLInputElement);
  #later = byId("make-later", HTMLButtonElement);
  #voices = NAMES.map((_, at) => byId(`voice-${at + 1}`, HTMLSelectElement));
  /** @type {File[]} */
  #files = [];
  #choices = { ...DEFAULTS, ...recall("choices", DEFAULTS) };
  #onRequest;
  #onChoice;
  #onSample;

  /**
   * @param {(request: any, later: boolean) => void} onRequest  called in the click that asks, so that sound may follow from it
   * @param {() => Promise<import("../api.js").Engines>} engines  which are on offer
   * @param {() => void} [onChoice]  called when another choice has been made
   * @param {((choices: import("../opening.js").Choices) => Promise<void>) | null} [onSample]  plays how a voice sounds; null where that cannot be
   */
  constructor(onRequest, engines, onChoice = () => {}, onSample = null) {
    this.#onRequest = onRequest;
    this.#onChoice = onChoice;
    this.#onSample = onSample;
    this.#fillChoices();
    const options = byId("options", HTMLDetailsElement);
    options.addEventListener("toggle", () => {
      // Where they cannot be told now, the next opening asks again
      if (options.open) engines().then((offered) => this.#offer(offered), () => {});
    });
    this.#form.addEventListener("input", () => this.#describe());
    this.#wish.addEventListener("keydown", (event) => {
      const submits = event.key === "Enter" && !event.shiftKey && !event.isComposing && !this.#wish.value.includes("\n");
      if (!submits) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(event.submitter === this.#later);
    });
    byId("ideas", HTMLElement).addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      this.#wish.value = target.textContent ?? "";
      this.#form.requestSubmit();
    });
    byId("attach", HTMLButtonElement).addEventListener("click", () => this.#fileInput.click());
    this.#fileInput.accept = [...FILE_ENDINGS, "text/*"].join(",");
    this.#fileInput.addEventListener("change", () => {
      this.#addFiles(this.#fileInput.files ?? []);
      this.#fileInput.value = "";
    });
    this.#takeDrops();
    for (const field of [this.#wish, this.#focus]) field.value = recallHere(field.id);
    for (const box of [this.#script, this.#draft]) box.checked = recallHere(box.id) !== "";
    this.#describe();
  }

  focus() {
    this.#wish.focus({ preventScroll: true });
  }

  /** Whether something plays that the next one could follow. @param {boolean} offered */
  offerLater(offered) {
    this.#later.hidden = !offered;
  }

  /** @param {string} wish */
  fill(wish) {
    this.#wish.value = wish;
    this.#describe();
  }

  /** The request was taken: the next one begins with an empty field. */
  clear() {
    this.#wish.value = "";
    this.#script.checked = this.#draft.checked = false;
    this.#focus.value = "";
    this.#files = [];
    this.#showFiles();
    this.tell(null);
  }

  /** Say what is wrong with a request; null for nothing. @param {{code?: string, message?: string, status?: number} | null} error */
  tell(error) {
    this.#error.hidden = error === null;
    if (error === null) return;
    const { title, advice, detail: said } = plainWords(error);
    const words = readPronunciations(this.#choices.said);
    const detail = said.replace(/^pronunciations\.(\d+)\.\w+/, (field, at) => (words[at] ? `“${words[at].written}”` : field));
    const theirs = error.status ? "en" : null; // the server's sentence; what this page finds is in its own language
    const [before, told] = theirs && theirs !== pageLanguage ? [`${advice} `, detail] : ["", detail || advice];
    this.#error.replaceChildren(el("strong", {}, `${title}.`), ` ${before}`, el("span", { lang: detail && theirs }, told));
  }

  /** @param {boolean} later  after what plays now */
  async #submit(later) {
    const wish = readWish(this.#wish.value);
    const refusal = tooMuch(wish, this.#files);
    if (refusal) {
      this.tell({ code: "request_too_large", message: refusal });
      return;
    }
    const line = unclearIn(this.#choices.said);
    if (line) {
      this.tell({ message: say("“{line}” does not say how a word is said: “Nginx = engine x” would.", { line }) });
      byId("options", HTMLDetailsElement).open = true;
      this.#said.focus();
      return;
    }
    let documents;
    try {
      documents = await Promise.all(this.#files.map(readDocument));
    } catch (error) {
      this.tell({ code: "source_unreadable", message: /** @type {Error} */ (error).message });
      return;
    }
    const request = this.#build(wish, documents, { script: this.#script.checked ? this.#wish.value : "", draft: this.#draft.checked });
    if (request === null) {
      this.#hint.textContent = say("Type a topic, paste links or a text, or add a file.");
      this.focus();
      return;
    }
    this.tell(null);
    this.#onRequest(request, later);
  }

  /** The choices of the next podcast that its opening depends on. */
  get choices() {
    return choicesOf(this.#build(readWish("any"), []) ?? {}) ?? {};
  }

  /**
   * @param {import("./request.js").Wish} wish
   * @param {import("./request.js").Document[]} documents
   * @param {{script?: string, draft?: boolean}} [how]
   */
  #build(wish, documents, how = {}) {
    const { people, hosts, voices, ...choices } = this.#choices;
    const own = people !== DEFAULTS.people || [...hosts.slice(0, people), ...voices.slice(0, people)].some(Boolean);
    const names = own ? this.#names() : [];
    return buildRequest(wish, documents, { ...choices, ...how, hosts: names, voices, focus: this.#focus.value });
  }

  /** The names of as many hosts as are chosen, given or usual. */
  #names() {
    const { people, hosts } = this.#choices;
    return NAMES.slice(0, people).map((usual, at) => hosts[at] || usual);
  }

  #describe() {
    for (const field of [this.#wish, this.#focus]) rememberHere(field.id, field.value);
    for (const box of [this.#script, this.#draft]) rememberHere(box.id, box.checked ? "on" : "");
    this.#hint.textContent = describeWish(readWish(this.#wish.value), this.#files.length);
  }

  #fillChoices() {
    radios("minutes", MINUTES.map((minutes) => [String(minutes), `${minutes} min`]), String(this.#choices.minutes), (value) =>
      this.#choose({ minutes: Number(value) }),
    );
    radios("style", STYLES.map((style) => [style, capitalized(say(style))]), this.#choices.style, (value) => this.#choose({ style: value }));
    for (const code of LANGUAGES) {
      this.#language.append(el("option", { value: code, lang: code }, languageName(code)));
    }
    this.#focus.maxLength = MAX_FOCUS_CHARACTERS;
    this.#language.value = this.#choices.language;
    this.#language.addEventListener("change", () => this.#choose({ language: this.#language.value }));
    radios("people", NAMES.map((_, at) => [String(at + 1), String(at + 1)]), String(this.#choices.people), (value) =>
      this.#choose({ people: Number(value) }),
    );
    this.#hosts.forEach((input, number) => {
      input.maxLength = MAX_HOST_NAME_CHARACTERS;
      input.value = this.#choices.hosts[number] ?? "";
      input.addEventListener("input", () => this.#choose({ hosts: this.#hosts.map((host) => host.value.trim()) }));
    });
    this.#said.value = this.#choices.said;
    this.#said.addEventListener("input", () => this.#choose({ said: this.#said.value }));
    this.#show.maxLength = MAX_SHOW_CHARACTERS;
    this.#show.value = this.#choices.show;
    this.#show.addEventListener("input", () => this.#choose({ show: this.#show.value }));
    this.#voices.forEach((select, at) => {
      const button = select.closest(".voice")?.querySelector("button");
      if (!(button instanceof HTMLButtonElement)) return;
      button.hidden = this.#onSample === null;
      button.addEventListener("click", () => void this.#sample(button, select.value || USUAL_VOICES[at]));
    });
    this.#summarize();
  }

  /** The greeting of the first usual host in that voice, which is voiced once for all. @param {HTMLButtonElement} button @param {string} voice */
  async #sample(button, voice) {
    button.disabled = true;
    await this.#onSample?.({ ...this.choices, hosts: [{ name: NAMES[0], voice }] });
    button.disabled = false;
    button.focus();
  }

  /** Engines are chosen where there is more than one of a kind. @param {import("../api.js").Engines} offered */
  #offer(offered) {
    for (const kind of /** @type {const} */ (["speech", "language"])) {
      const names = offered[kind].map(({ engine }) => engine);
      const select = byId(`${kind}-engine`, HTMLSelectElement);
      const chosen = /** @type {const} */ (`${kind}_engine`);
      select.replaceChildren(...names.map((name, at) => el("option", { value: at ? name : "" }, say(ENGINES[name] ?? name))));
      if (!names.includes(this.#choices[chosen])) this.#choose({ [chosen]: "" });
      select.value = this.#choices[chosen];
      select.onchange = () => {
        this.#choose({ [chosen]: select.value });
        this.#offerVoices(offered);
      };
      byId(`${kind}-engines`, HTMLElement).hidden = names.length < 2;
    }
    this.#offerVoices(offered);
  }

  /** Voices of the engine that is chosen. @param {import("../api.js").Engines} offered */
  #offerVoices(offered) {
    const speech = offered.speech.find(({ engine }) => engine === this.#choices.speech_engine) ?? offered.speech[0];
    const names = speech.voices.map(({ name }) => name);
    byId("voices", HTMLElement).hidden = names.length < 2;
    const voices = NAMES.map((_, at) => this.#choices.voices[at] ?? "").map((voice) => (names.includes(voice) ? voice : ""));
    this.#choose({ voices });
    this.#voices.forEach((select, number) => {
      select.replaceChildren(el("option", { value: "" }, say("The usual one")), ...names.map((name) => el("option", { value: name }, capitalized(name))));
      select.value = voices[number];
      select.onchange = () => this.#choose({ voices: this.#voices.map(({ value }) => value) });
    });
  }

  /** @param {Partial<typeof DEFAULTS>} choice */
  #choose(choice) {
    Object.assign(this.#choices, choice);
    remember("choices", this.#choices);
    this.#summarize();
    this.#onChoice();
  }

  #summarize() {
    const { minutes, style, language, people, hosts, show } = this.#choices;
    const named = people > 2 ? this.#names() : hosts.slice(0, people).filter(Boolean);
    const who = people === 1 ? hosts[0] || say("one host") : list(named);
    const spoken = language && this.#language.selectedOptions[0]?.textContent;
    const parts = [unit(minutes, "minute"), say(style), who, spoken, show.trim()];
    byId("options-summary", HTMLElement).textContent = parts.filter(Boolean).join(", ");
    for (const fields of [this.#hosts, this.#voices]) {
      fields.forEach((field, at) => (/** @type {HTMLElement} */ (field.closest(".voice") ?? field.closest("label")).hidden = at >= people));
    }
  }

  /** @param {Iterable<File>} files */
  #addFiles(files) {
    for (const file of files) {
      const others = this.#files.filter((had) => had.name !== file.name || had.size !== file.size); // it may have changed since
      const refusal = tooMuch(readWish(this.#wish.value), [...others, file]);
      if (refusal) this.tell({ code: "request_too_large", message: refusal });
      else if (file.size === 0) this.tell({ code: "source_empty", message: say("{file} is empty.", { file: file.name }) });
      else this.#files = [...others, file];
    }
    this.#showFiles();
  }

  #showFiles() {
    this.#fileList.hidden = this.#files.length === 0;
    this.#fileList.replaceChildren(
      ...this.#files.map((file) => {
        const remove = () => {
          this.#files = this.#files.filter((had) => had !== file);
          this.#showFiles();
        };
        const label = say("Remove {file}", { file: file.name });
        const button = el("button", { class: "icon-button", type: "button", "aria-label": label, onclick: remove }, icon("close"));
        return el("li", {}, icon("file"), el("span", {}, file.name), el("small", {}, size(file.size)), button);
      }),
    );
    this.#describe();
  }

  #takeDrops() {
    const marked = (/** @type {boolean} */ dropping) => this.#field.classList.toggle("dropping", dropping);
    document.addEventListener("dragover", (event) => {
      if (document.body.dataset.view !== "home") return;
      event.preventDefault();
      marked(true);
    });
    document.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) marked(false);
    });
    document.addEventListener("drop", (event) => {
      if (document.body.dataset.view !== "home") return;
      event.preventDefault();
      marked(false);
      const { files } = event.dataTransfer ?? { files: [] };
      const text = event.dataTransfer?.getData("text/uri-list") || event.dataTransfer?.getData("text/plain");
      if (files.length) this.#addFiles(files);
      else if (text) this.#wish.value = [this.#wish.value, text].filter(Boolean).join("\n");
      this.#describe();
    });
  }
}

/**
 * @param {string} name  of the group, and the id of its place
 * @param {string[][]} options  value and label
 * @param {string} chosen
 * @param {(value: string) => void} onChoose
 */
function radios(name, options, chosen, onChoose) {
  const place = byId(name, HTMLElement);
  for (const [value, label] of options) {
    const input = el("input", { type: "radio", name, value, onchange: () => onChoose(value) });
    input.checked = value === chosen;
    place.append(el("label", { class: "choice" }, input, el("span", {}, label)));
  }
}

/**
 * Rejects in words for who has chosen it: it may have been moved or changed since, or be a folder.
 * @param {File} file @returns {Promise<import("./request.js").Document>}
 */
async function readDocument(file) {
  const dataUrl = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error(say("{file} cannot be read, or not any more: add it again.", { file: file.name })));
    reader.readAsDataURL(file);
  });
  const data = dataUrl.slice(dataUrl.indexOf(",") + 1);
  return { name: file.name, content_type: file.type || "application/octet-stream", data };
}
