/** What the one field holds: links, a topic, or a text; and the request that follows from it. */

import { MAX_REQUEST_BYTES, MAX_TEXT_CHARACTERS, MAX_TOPIC_CHARACTERS } from "../contract.js";
import { capitalized, number } from "./format.js";
import { say } from "./words.js";

/** Bytes that a request may take beside its text and files: the choices, and what stands around a file. */
const CHOICES_BYTES = 12_000;
const AROUND_A_FILE_BYTES = 200;
/** Characters: with fewer, two sentences say what to look up, too: "Explain tides. Be brief." */
const LEAST_TOLD = 80;
const LINK = /^(https?:\/\/|www\.)\S+\.\S+$/i;

/** @typedef {{urls: string[], topic: string, text: string}} Wish */
/** @typedef {import("../api_types.js").Document} Document */
/** @typedef {NonNullable<import("../api_types.js").GenerateRequest["style"]>} Style */
/** @typedef {NonNullable<import("../api_types.js").GenerateRequest["language"]>} Language */
/**
 * @typedef {object} Choices
 * @property {number} minutes
 * @property {string} style
 * @property {string} language  "" to detect it
 * @property {string[]} hosts  names; empty for the usual two
 * @property {string[]} [voices]  of these hosts, by name; "" for the usual one
 * @property {boolean} [draft]  nothing is voiced before the script is approved
 * @property {string} [focus]  what to dwell on, and what to leave out
 * @property {string} [show]  what it is an episode of
 * @property {string} [script]  what to voice as it stands, in place of the wish
 * @property {string} [speech_engine]  "" for the default one
 * @property {string} [language_engine]
 * @property {string} [said]  "Nginx = engine x", a line a word
 */

/** @param {string} value @returns {Wish} */
export function readWish(value) {
  const trimmed = value.trim();
  const words = trimmed.split(/\s+/).filter(Boolean);
  const links = words.map((word) => word.replace(/[,;]+$/, "")).filter((word) => LINK.test(word));
  const urls = [...new Set(links.map((link) => (/^https?:/i.test(link) ? link : `https://${link}`)))];
  const rest = words.filter((word) => !LINK.test(word.replace(/[,;]+$/, ""))).join(" ");
  const told = rest.length > MAX_TOPIC_CHARACTERS || /\n\s*\S/.test(withoutLinks(trimmed)) || (!urls.length && isTold(rest));
  if (told) return { urls: [], topic: "", text: trimmed };
  return { urls, topic: rest, text: "" };
}

/** Whether a line tells something, in at least two sentences, rather than names or asks for it. @param {string} line */
function isTold(line) {
  if (line.length < LEAST_TOLD || /[?¿]/.test(line) || !/[.!…]["”’»)]?$/.test(line)) return false;
  return line.split(/(?<=[\p{L}\d]{3}[.!…]["”’»)]?)\s+(?=["“«„(]?\p{Lu})/u).length > 1;
}

/**
 * How words are said: a line each, such as "Nginx = engine x", or with IPA between strokes: "Leigh = /liː/".
 * @param {string} lines
 * @returns {import("../api_types.js").Pronunciation[]}
 */
export function readPronunciations(lines) {
  return lines.split("\n").flatMap((line) => {
    const [written, said] = sidesOf(line);
    if (!written || !said) return [];
    const ipa = /^\/(.+)\/$/.exec(said);
    return [ipa ? { written, ipa: ipa[1] } : { written, said }];
  });
}

/** The first line that tells no word and how it is said; "" where each does. @param {string} lines */
export const unclearIn = (lines) => lines.split("\n").find((line) => line.trim() && !sidesOf(line).every(Boolean))?.trim() ?? "";

/** @param {string} line */
function sidesOf(line) {
  const at = line.indexOf("=");
  return [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
}

/** Lines that are more than links. @param {string} text */
function withoutLinks(text) {
  const lines = text.split("\n").filter((line) => !line.trim().split(/\s+/).every((word) => LINK.test(word)));
  return lines.join("\n").trim();
}

/** What was understood, in words; "" for nothing yet. @param {Wish} wish @param {number} files */
export function describeWish({ urls, topic, text }, files) {
  const parts = [
    topic && say("a topic"),
    text && say("your text, {count} word|your text, {count} words", { count: text.split(/\s+/).length }),
    urls.length && say("a link|{count} links", { count: urls.length }),
    files && say("a file|{count} files", { count: files }),
  ].filter(Boolean);
  return capitalized(parts.join(", "));
}

/**
 * Why so much cannot be asked for, told before any of it is sent; "" where it can.
 * @param {Wish} wish
 * @param {{name: string, size: number}[]} files
 */
export function tooMuch({ text }, files) {
  const characters = [...text.normalize("NFC").replace(/\s+/g, " ")].length;
  if (characters > MAX_TEXT_CHARACTERS) {
    return say("Your text has {characters} characters; {most} is the most.", { characters, most: MAX_TEXT_CHARACTERS });
  }
  const besides = CHOICES_BYTES + bytesOf(text) + files.reduce((sum, { name }) => sum + AROUND_A_FILE_BYTES + bytesOf(name), 0);
  const together = files.reduce((sum, { size }) => sum + size, 0);
  const most = ((MAX_REQUEST_BYTES - besides) * 3) / 4; // base64 makes a third more of a file
  if (together <= most) return "";
  if (!files.length) {
    const values = { size: megabytes(bytesOf(text), Math.ceil), most: megabytes(MAX_REQUEST_BYTES, Math.floor) };
    return say("Your text has {size} MB; {most} MB is the most.", values);
  }
  const values = { file: files[0].name, size: megabytes(together, Math.ceil), most: megabytes(Math.max(0, most), Math.floor) };
  const words = files.length === 1 ? say("{file} has {size} MB.", values) : say("The files have together {size} MB.", values);
  return `${words} ${text ? say("{most} MB is the most beside your text.", values) : say("{most} MB is the most.", values)}`;
}

/** Of a text in JSON. @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(JSON.stringify(text)).length;
/** @param {number} bytes @param {(value: number) => number} rounded */
const megabytes = (bytes, rounded) => number(rounded(bytes / 100_000) / 10, 1);

/**
 * The body of a generate request; null when there is nothing to talk about.
 * @param {Wish} wish
 * @param {Document[]} documents
 * @param {Choices} choices
 * @returns {import("../api_types.js").GenerateRequest & {minutes: number} | null}
 */
export function buildRequest({ urls, topic, text }, documents, choices) {
  const script = choices.script?.trim();
  if (!script && !urls.length && !topic && !text && !documents.length) return null;
  const pronunciations = readPronunciations(choices.said ?? "");
  const sources = {
    ...(topic ? { topic } : {}),
    ...(urls.length ? { urls } : {}),
    ...(text ? { text } : {}),
    ...(documents.length ? { documents } : {}),
  };
  return {
    ...(script ? { script } : sources),
    minutes: choices.minutes,
    style: /** @type {Style} */ (choices.style),
    ...(choices.language ? { language: /** @type {Language} */ (choices.language) } : {}),
    ...(choices.focus?.trim() ? { focus: choices.focus.trim() } : {}),
    ...(choices.show?.trim() ? { show: choices.show.trim() } : {}),
    ...(choices.hosts.length ? { hosts: choices.hosts.map((name, at) => ({ name, ...(choices.voices?.[at] ? { voice: choices.voices[at] } : {}) })) } : {}),
    ...(choices.draft ? { draft: true } : {}),
    ...(choices.speech_engine ? { speech_engine: choices.speech_engine } : {}),
    ...(choices.language_engine ? { language_engine: choices.language_engine } : {}),
    ...(pronunciations.length ? { pronunciations } : {}),
  };
}
