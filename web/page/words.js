/**
 * The page's own words in its reader's language.
 *
 * The code is written in English, and its words are the keys of a catalogue for each other language (words/de.js), which is
 * loaded where the page is in that language. `{name}` stands for a value. What differs between one and many is given as
 * both, "{count} file|{count} files": `count` decides, by the language's own rules
 * (https://unicode.org/reports/tr35/tr35-numbers.html#Language_Plural_Rules).
 */

/** Those that the page speaks; all but English have a catalogue. */
export const PAGE_LANGUAGES = ["en", "es", "fr", "de", "pt", "it"];

/** What before_paint.js has found; English where there is no page. */
const wanted = typeof document === "undefined" ? "en" : document.documentElement.lang;
const WHITESPACE = /\s+/g;
const TEXT = /^\s*(.*?)\s*$/s;
const WORDED = ["alt", "aria-label", "placeholder", "title"];
/** What is the same in all languages. */
const KEPT = "[translate=no]";

/** @type {Record<string, string>} */
let catalogue = {};
/** Of the words, as long as they are there: BCP 47. */
export let language = wanted;

/** Put the page into its reader's language. Where the words cannot be had it stays English. */
export async function loadWords() {
  if (wanted === "en") return;
  const page = document.documentElement;
  try {
    useWords(wanted, (await import(`../words/${wanted}.js`)).default);
    translate(document);
    const about = say("Name a topic, give links or a text, and hear the podcast while it is being made.");
    document.querySelector("meta[name=description]")?.setAttribute("content", about);
  } catch {
    useWords("en", {});
    page.lang = "en";
  }
  delete page.dataset.words; // to be seen from now on
}

/** Speak this language from now on. @param {string} code @param {Record<string, string>} words */
export function useWords(code, words) {
  language = code;
  catalogue = words;
}

/** How the reader's region writes numbers and dates, where the browser is set to one that speaks this language. */
export function locale() {
  const set = typeof document === "undefined" ? [] : navigator.languages;
  return set.find((one) => one.split("-")[0].toLowerCase() === language) ?? (language === "en" ? "en-GB" : language);
}

/** Say `english` in the page's language. @param {string} english @param {Record<string, string | number>} [values] */
export function say(english, values = {}) {
  const words = Object.hasOwn(catalogue, english) ? catalogue[english] : english;
  const [one, many = one] = words.split("|");
  const isOne = "count" in values && new Intl.PluralRules(language).select(Number(values.count)) === "one";
  return (isOne ? one : many).replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === "number" ? value.toLocaleString(locale()) : (value ?? whole);
  });
}

/** Mark words of a table as the page's own; they are said where they are shown. @param {string} english */
export const phrase = (english) => english;

/** Put what is written in `root` in English into the page's language: texts, labels, placeholders. @param {ParentNode} root */
function translate(root) {
  for (const element of root.querySelectorAll(`:not(${KEPT}, ${KEPT} *)`)) translateOne(element);
}

/** @param {Element} element */
function translateOne(element) {
  for (const name of WORDED) {
    const words = element.getAttribute(name);
    if (words) element.setAttribute(name, say(words));
  }
  for (const node of element.childNodes) {
    if (!(node instanceof Text)) continue;
    const words = TEXT.exec(node.data)?.[1] ?? "";
    if (words) node.data = node.data.replace(words, () => say(words.replace(WHITESPACE, " ")));
  }
  if (element instanceof HTMLTemplateElement) translate(element.content);
}
