/** The language of the page itself: the browser's, unless the reader chooses another. */

import { byId, el } from "./dom.js";
import { languageName } from "./format.js";
import { remember } from "./memory.js";
import { language, PAGE_LANGUAGES } from "./words.js";

/** @param {() => void} onChoice  the page is to be loaded anew */
export function offerLanguages(onChoice) {
  const select = byId("page-language", HTMLSelectElement);
  select.append(...PAGE_LANGUAGES.map((code) => el("option", { value: code, lang: code }, languageName(code))));
  select.value = language;
  select.addEventListener("change", () => {
    remember("page_language", select.value);
    onChoice();
  });
}
