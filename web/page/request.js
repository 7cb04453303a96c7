/** What the one field holds: links, a topic, or a text; and the request that follows from it. */

/** A topic is short and one line; anything longer is a text to be talked about. */
export const MAX_TOPIC = 300;
const LINK = /^(https?:\/\/|www\.)\S+\.\S+$/i;

/** @typedef {{urls: string[], topic: string, text: string}} Wish */
/** @typedef {{name: string, content_type: string, data: string}} Document */
/**
 * @typedef {object} Choices
 * @property {number} minutes
 * @property {string} style
 * @property {string} language  "" to detect it
 * @property {string[]} hosts  names; empty for the usual two
 * @property {string} [speech_engine]  "" for the default one
 * @property {string} [language_engine]
 */

/** @param {string} value @returns {Wish} */
export function readWish(value) {
  const trimmed = value.trim();
  const words = trimmed.split(/\s+/).filter(Boolean);
  const links = words.map((word) => word.replace(/[,;]+$/, "")).filter((word) => LINK.test(word));
  const urls = [...new Set(links.map((link) => (/^https?:/i.test(link) ? link : `https://${link}`)))];
  const rest = words.filter((word) => !LINK.test(word.replace(/[,;]+$/, ""))).join(" ");
  if (rest.length > MAX_TOPIC || /\n\s*\S/.test(withoutLinks(trimmed))) return { urls: [], topic: "", text: trimmed };
  return { urls, topic: rest, text: "" };
}

/** Lines that are more than links. @param {string} text */
function withoutLinks(text) {
  const lines = text.split("\n").filter((line) => !line.trim().split(/\s+/).every((word) => LINK.test(word)));
  return lines.join("\n").trim();
}

/** What was understood, in words; "" for nothing yet. @param {Wish} wish @param {number} files */
export function describeWish({ urls, topic, text }, files) {
  const parts = [
    topic && "a topic",
    text && `your text, ${text.split(/\s+/).length.toLocaleString("en")} words`,
    urls.length && (urls.length === 1 ? "a link" : `${urls.length} links`),
    files && (files === 1 ? "a file" : `${files} files`),
  ].filter(Boolean);
  return parts.join(", ").replace(/^./, (letter) => letter.toUpperCase());
}

/**
 * The body of a generate request; null when there is nothing to talk about.
 * @param {Wish} wish
 * @param {Document[]} documents
 * @param {Choices} choices
 */
export function buildRequest({ urls, topic, text }, documents, choices) {
  if (!urls.length && !topic && !text && !documents.length) return null;
  return {
    ...(topic ? { topic } : {}),
    ...(urls.length ? { urls } : {}),
    ...(text ? { text } : {}),
    ...(documents.length ? { documents } : {}),
    minutes: choices.minutes,
    style: choices.style,
    ...(choices.language ? { language: choices.language } : {}),
    ...(choices.hosts.length ? { hosts: choices.hosts.map((name) => ({ name })) } : {}),
    ...(choices.speech_engine ? { speech_engine: choices.speech_engine } : {}),
    ...(choices.language_engine ? { language_engine: choices.language_engine } : {}),
  };
}
