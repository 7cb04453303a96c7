/** What the page makes of what people type, and of what the server says: the parts without a document. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_REQUEST_BYTES, MAX_TEXT_CHARACTERS } from "../contract.js";
import { clock, day, size, spokenTime } from "../page/format.js";
import { leftOutWords } from "../page/left_out.js";
import { plainWords } from "../page/plain_words.js";
import { buildRequest, describeWish, readPronunciations, readWish, tooMuch, unclearIn } from "../page/request.js";
import { wordGroups } from "../page/word_groups.js";

test("one field holds links, a topic, or a text", () => {
  assert.deepEqual(readWish(" the tides "), { urls: [], topic: "the tides", text: "" });
  assert.deepEqual(readWish("https://a.example/x, www.b.example"), {
    urls: ["https://a.example/x", "https://www.b.example"],
    topic: "",
    text: "",
  });
  assert.deepEqual(readWish("https://a.example https://a.example").urls, ["https://a.example"]);
  assert.equal(readWish("One line.\nAnd another.").text, "One line.\nAnd another.");
  assert.equal(readWish("https://a.example\nhttps://b.example").urls.length, 2);
  assert.equal(readWish("x".repeat(301)).text.length, 301);
  assert.equal(readWish("v. 1.5 of www").topic, "v. 1.5 of www");
  const told = "The harbour at Velm was dug in 1871 by four hundred workers. Today it takes in a ferry and the yachts of the city.";
  assert.equal(readWish(told).text, told);
  for (const wish of [
    "How was the harbour at Velm dug, and by whom? And what does it take in today? Please explain it to children.",
    "The siege of St. Petersburg and what Prof. Holm and Dr. Lind have written about it in the last twenty years",
    "Explain tides. Be brief.",
  ]) {
    assert.equal(readWish(wish).topic, wish);
  }
  assert.deepEqual(readWish(`${told} https://a.example`).urls, ["https://a.example"]);
});

test("what was understood is told", () => {
  assert.equal(describeWish(readWish(""), 0), "");
  assert.equal(describeWish(readWish("tides https://a.example"), 2), "A topic, a link, 2 files");
});

test("nothing to talk about is no request, and defaults are left out", () => {
  const choices = { minutes: 3, style: "story", language: "", hosts: [] };
  assert.equal(buildRequest(readWish("  "), [], choices), null);
  assert.deepEqual(buildRequest(readWish("tides"), [], choices), { topic: "tides", minutes: 3, style: "story" });
});

test("words are said otherwise, a line each, in other words or in IPA", () => {
  const lines = "Nginx = engine x\n\n Leigh=/liː/ \nno sign\n= nothing\nE = m = c";
  const read = [{ written: "Nginx", said: "engine x" }, { written: "Leigh", ipa: "liː" }, { written: "E", said: "m = c" }];
  assert.deepEqual(readPronunciations(lines), read);
  assert.equal(unclearIn("\nNginx = engine x\n \nE = m = c\n"), "");
  for (const line of ["no sign", "= nothing", "Nginx =", "Nginx → engine x", "="]) assert.equal(unclearIn(`Leigh = lee\n ${line} \nb`), line);
  const choices = { minutes: 3, style: "story", language: "", hosts: [], said: lines };
  assert.deepEqual(buildRequest(readWish("tides"), [], choices)?.pronunciations, read);
});

test("what the API would not take is told before it is sent, in MB", () => {
  const file = (/** @type {number} */ size, name = "lecture.pdf") => ({ name, size });
  const wish = readWish("tides");
  assert.equal(tooMuch(wish, []), "");
  assert.equal(tooMuch(wish, [file(9_400_000)]), "");
  assert.equal(tooMuch(wish, [file(9_440_000)]), "lecture.pdf has 9.5 MB. 9.4 MB is the most.");
  assert.equal(tooMuch(wish, [file(4_000_000), file(6_000_000, "notes.txt")]), "The files have together 10.0 MB. 9.4 MB is the most.");
  const text = readWish("tide ".repeat(300_000));
  assert.equal(tooMuch(text, [file(8_000_000)]), "");
  assert.equal(tooMuch(text, [file(9_000_000)]), "lecture.pdf has 9.0 MB. 8.3 MB is the most beside your text.");
  assert.equal(tooMuch(readWish("x".repeat(MAX_TEXT_CHARACTERS)), []), "");
  assert.equal(tooMuch(readWish("x".repeat(MAX_TEXT_CHARACTERS + 1)), []), "Your text has 2,000,001 characters; 2,000,000 is the most.");
  assert.equal(tooMuch(readWish("so   \n".repeat(MAX_TEXT_CHARACTERS / 4)), []), "", "as the API counts: space is one character");
  assert.equal(tooMuch(readWish("😀".repeat(MAX_TEXT_CHARACTERS)), []), "", "nor are surrogates two");
});

test("whatever is let through here fits into a request", () => {
  const data = (/** @type {number} */ size) => "A".repeat(Math.ceil(size / 3) * 4);
  const choices = { minutes: 40, style: "conversation", language: "pt", hosts: ["é".repeat(40), "ü".repeat(40)] };
  for (const [text, names, size] of /** @type {[string, number, number][]} */ ([
    ["", 1, 9_400_000],
    ["", 40, 230_000],
    ['"\n'.repeat(900_000), 3, 1_900_000],
  ])) {
    const files = Array.from({ length: names }, (_, number) => ({ name: `Überblick "${number}".pdf`, size }));
    const wish = readWish(text);
    assert.equal(tooMuch(wish, files), "");
    const type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const documents = files.map((file) => ({ name: file.name, content_type: type, data: data(file.size) }));
    const body = JSON.stringify(buildRequest(wish, documents, choices));
    assert.ok(new TextEncoder().encode(body).length <= MAX_REQUEST_BYTES);
  }
});

test("word groups are the whole text, in order, and fill the turn", () => {
  const text = "Ships, forty kilometers out, could read the rhythm of the flashes. “And know?” Yes — all of it.";
  const groups = wordGroups(text, 10, 20);
  assert.equal(groups.map((group) => group.text).join(""), text);
  assert.equal(groups[0].start, 10);
  assert.equal(groups.at(-1)?.end, 20);
  for (const [at, group] of groups.entries()) {
    assert.ok(group.end > group.start);
    if (at) assert.equal(group.start, groups[at - 1].end);
    assert.ok(group.text.trim().split(/\s+/).length <= 6);
  }
  assert.deepEqual(wordGroups("", 0, 1), []);
  assert.equal(wordGroups("日本語のテキスト", 0, 1).length, 1);
});

test("a voice rests behind what is quoted in the quotation marks of any language", () => {
  for (const quoted of ["“It is.”", "„So ist es.“", "»So ist es.«", "«Così è.»", "« C’est ainsi. »", "(It is.)"]) {
    assert.deepEqual(wordGroups(`${quoted} And so on`, 0, 1).map((group) => group.text), [`${quoted} `, "And so on"]);
  }
});

test("times and sizes read as people read them", () => {
  assert.deepEqual([0, 65.9, 3725].map(clock), ["0:00", "1:05", "1:02:05"]);
  assert.equal(spokenTime(61), "1 minute 1 second");
  assert.equal(spokenTime(0), "0 seconds");
  assert.equal(size(1_234), "1 kB");
  assert.equal(size(1_234_567), "1.2 MB");
  const now = new Date(2026, 2, 1, 0, 5);
  assert.equal(day(new Date(2026, 2, 1, 0, 1), now), "today");
  assert.equal(day(new Date(2026, 1, 28, 23, 59), now), "yesterday");
  assert.equal(day(new Date(2025, 11, 31), now), "31 December 2025");
});

test("errors are plain words, with what to do", () => {
  assert.ok(plainWords({ status: 401 }).needsKey);
  assert.equal(plainWords({ status: 401, code: "key_missing" }).title, "A key is needed");
  assert.equal(plainWords({ status: 403, code: "key_revoked" }).title, "That key is no longer good");
  assert.equal(plainWords({ status: 401, code: "token_missing" }).title, "That key does not work");
  assert.equal(plainWords({ status: 401, code: "token_invalid" }).title, "You are signed out");
  assert.equal(plainWords({ code: "unreachable", message: "TypeError" }).detail, "");
  assert.equal(plainWords({ code: "constructor" }).title, plainWords({}).title, "not a name of Object's own");
  assert.equal(plainWords({ code: "urls_invalid", message: "Not a link." }).detail, "Not a link.");
});

test("what was left out of a source is told in words", () => {
  assert.equal(leftOutWords({ reference: 31, table: 2, code: 1, math: 2, footnote: 1, slide: 0 }), "31 references, 2 tables, 2 formulas, 1 piece of code, 1 note");
  assert.equal(leftOutWords({ "running head": 2, constructor: 1 }), "3 other parts");
  assert.equal(leftOutWords(undefined), "");
});
