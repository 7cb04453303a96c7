/** Every word of the page's own has its translation, in each language, and no catalogue has others. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { STYLES } from "../contract.js";
import { day, list, number, size, spokenTime } from "../page/format.js";
import { plainWords } from "../page/plain_words.js";
import { describeWish, readWish } from "../page/request.js";
import { PAGE_LANGUAGES, say, useWords } from "../page/words.js";

const WEB = new URL("..", import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, WEB), "utf8");
const OTHERS = PAGE_LANGUAGES.filter((code) => code !== "en");
const SAID = /\b(?:say|phrase)\(\s*("(?:[^"\\\n]|\\.)*"|[`'])/g;
const WORDED = /\s(?:alt|aria-label|placeholder|title)="([^"]*)"/g;
const VOID = /^(?:meta|link|input|img|br|hr|path|circle|use|!.*)$/i;
const ENTITIES = Object.entries({ "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&" });
const HAS_WORD = /\p{L}{2}/u;

const catalogues = Object.fromEntries(
  await Promise.all(OTHERS.map(async (code) => [code, (await import(`../words/${code}.js`)).default])),
);

afterEach(() => useWords("en", {}));

/** What the scripts say. */
function saidByScripts() {
  const names = readdirSync(WEB, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const scripts = names.filter((name) => name.endsWith(".js") && !/^(node_modules|tests|words)\//.test(name));
  return scripts.flatMap((name) =>
    [...read(name).matchAll(SAID)].map(([, words]) => {
      assert.ok(words.startsWith('"'), `${name}: words are to stand in double quotes, to be found`);
      return JSON.parse(words);
    }),
  );
}

/** What stands in the page: its texts and the attributes that hold some, but for what is the same in all languages. @param {string} html */
function saidByPage(html) {
  const found = [];
  let kept = 0;
  /** @type {boolean[]} Whether the elements around are kept as they are. */
  const around = [];
  for (const [tag, close, name] of html.replace(/<!--.*?-->/gs, "").matchAll(/<(\/?)([a-z!][\w-]*)[^>]*>|[^<]+/gi)) {
    const own = tag.includes('translate="no"');
    if (!name) {
      if (!kept) found.push(tag);
    } else if (close) {
      kept -= Number(around.pop());
    } else {
      if (!kept && !own) found.push(...[...tag.matchAll(WORDED)].map(([, words]) => words));
      if (VOID.test(name) || tag.endsWith("/>")) continue;
      around.push(own);
      kept += Number(own);
    }
  }
  assert.deepEqual(around, [], "every element is closed");
  const texts = found.map((words) => ENTITIES.reduce((text, [from, to]) => text.replaceAll(from, to), words.trim().replace(/\s+/g, " ")));
  return texts.filter((words) => HAS_WORD.test(words) && words !== "Aethercast");
}

const said = [...new Set([...saidByScripts(), ...saidByPage(read("index.html")), ...STYLES])].sort();
const placeholders = (/** @type {string} */ words) => [...new Set(words.match(/\{\w+\}/g) ?? [])].sort();

test("the words of the page are found", () => {
  assert.deepEqual(saidByPage('<p title="One">Two <b>three</b>\n four <i translate="no">five</i><input placeholder="Six"></p>'), ["One", "Two", "three", "four", "Six"]);
  for (const words of ["Skip to content", "No connection", "Read {count} source|Read {count} sources", "Starting…"]) assert.ok(said.includes(words), words);
});

for (const code of OTHERS) {
  test(`${code}: every word is translated, and nothing else`, () => {
    const translated = Object.keys(catalogues[code]);
    assert.deepEqual(said.filter((words) => !translated.includes(words)), [], "missing");
    assert.deepEqual(translated.filter((words) => !said.includes(words)), [], "stale");
    assert.deepEqual(translated, [...translated].sort(), "in order, so that changes of several hands meet seldom");
  });

  test(`${code}: values stand in their places, and numbers have their forms`, () => {
    for (const [english, words] of Object.entries(catalogues[code])) {
      for (const form of words.split("|")) {
        assert.ok(form.trim() === form && form !== "", english);
        const [given, used] = [placeholders(english), placeholders(form)];
        assert.deepEqual(used.filter((one) => !given.includes(one)), [], english);
        // "a link|{count} links" need not say the number of one
        assert.deepEqual(given.filter((one) => !used.includes(one) && one !== "{count}"), [], english);
      }
      assert.equal(words.split("|").length, english.split("|").length, english);
      assert.ok(!/["']|\.\.\./.test(words), `${english}: typographic quotes, apostrophes and dots`);
      if (code === "fr") assert.ok(!/ [:;?!»]|« /.test(words), `${english}: no line begins with a mark`);
    }
  });
}

test("the languages of the page are those that have a catalogue", () => {
  const [, codes] = /const LANGUAGES = (\[.*?\])/.exec(read("before_paint.js")) ?? [];
  assert.deepEqual(JSON.parse(codes), PAGE_LANGUAGES);
  assert.deepEqual(readdirSync(new URL("words", WEB)).sort(), OTHERS.map((code) => `${code}.js`).sort());
});

test("what the page is about is said in each language, by the page and to who installs it", () => {
  const { description, description_localized: localized } = JSON.parse(read("manifest.webmanifest"));
  assert.ok(read("index.html").includes(`name="description" content="${description}"`));
  assert.deepEqual(localized, Object.fromEntries(OTHERS.map((code) => [code, catalogues[code][description]])));
});

test("a language has its own plurals and its own way with numbers", () => {
  const words = "Read {count} source|Read {count} sources";
  assert.deepEqual([0, 1, 2].map((count) => say(words, { count })), ["Read 0 sources", "Read 1 source", "Read 2 sources"]);
  useWords("fr", { [words]: "{count} source lue|{count} sources lues" });
  assert.deepEqual([0, 1, 2].map((count) => say(words, { count })), ["0 source lue", "1 source lue", "2 sources lues"]);
  assert.equal(size(1_234_567).replace(/\s/, " "), "1,2 Mo");
  useWords("de", catalogues.de);
  assert.equal(say("Your text has {characters} characters; {most} is the most.", { characters: 2_000_001, most: 2_000_000 }).match(/\d[\d.]*\d/)?.[0], "2.000.001");
  assert.equal(number(1.5), "1,5");
  assert.equal(number(2, 1), "2,0");
  assert.equal(spokenTime(61), "1 Minute 1 Sekunde");
  assert.equal(list(["Ada", "Ben"]), "Ada und Ben");
  const now = new Date(2026, 2, 1);
  assert.equal(day(new Date(2026, 1, 28), now), "gestern");
  assert.equal(day(new Date(2025, 11, 31), now), "31. Dezember 2025");
  assert.equal(describeWish(readWish("Gezeiten https://a.example"), 2), "Ein Thema, ein Link, 2 Dateien");
});

test("errors are plain words in the page's language; what has no translation stays English", () => {
  useWords("de", catalogues.de);
  assert.equal(plainWords({ code: "unreachable" }).title, "Keine Verbindung");
  assert.equal(say("constructor"), "constructor", "not a name of Object's own");
  assert.equal(say("{a} of {b}", { a: "x" }), "x of {b}");
});

test("a link to a podcast that cannot be opened is not offered to be tried again", () => {
  for (const code of ["podcast_unknown", "share_wrong", "share_expired", "share_revoked"]) assert.ok(plainWords({ code, status: 403 }).final, code);
  for (const code of ["unreachable", "rate_limited", "engine_busy", "anything"]) assert.ok(!plainWords({ code }).final, code);
});

test("what a listener runs into is told in the page's own words", () => {
  const codes = [...(/ErrorCode = ([^;]*)/.exec(read("api_types.d.ts"))?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, code]) => code);
  const met = codes.filter((code) => /_used_up$|(podcast|request)s_too_many$|^(source|service|storage|store|key)_|script_unreadable$|^language_/.test(code));
  assert.ok(met.length > 20);
  const { title } = plainWords({ code: "no such code" });
  assert.deepEqual(met.filter((code) => plainWords({ code }).title === title), []);
});
