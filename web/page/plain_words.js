/** Errors in plain words, with what to do about them. The server's own sentence follows where it says more. */

import { language, phrase, say } from "./words.js";

/** @typedef {{title: string, advice: string, needsKey?: boolean, final?: boolean}} PlainWords  `final`: to try again would bring the same */

/** What this page itself finds wrong. @typedef {"unreachable" | "stream_refused" | "framing_unknown" | "playback_failed"} PageCode */

/** @type {PlainWords} */
const AT_ONCE = { title: phrase("That was a lot at once"), advice: phrase("Wait a minute, then try again.") };
/** @type {PlainWords} */
const UNREADABLE = { title: phrase("No voice here reads these letters"), advice: phrase("Give a text in Latin letters.") };
/** @type {PlainWords} */
const UNKNOWN_LANGUAGE = { title: phrase("There are no podcasts in this language yet"), advice: phrase("Choose another language, or other sources.") };
/** What listeners can do nothing about. @type {PlainWords} */
const OUT_OF_ORDER = { title: phrase("The service has trouble just now"), advice: phrase("Try again in a few minutes.") };

/** By code: those of the contract and the page's own alone. @type {Partial<Record<import("../api_types.js").ErrorCode | PageCode, PlainWords>>} */
const WORDS = {
  unreachable: { title: phrase("No connection"), advice: phrase("Check your network, then try again.") },
  key_missing: { title: phrase("A key is needed"), advice: phrase("Enter the access key you were given; whoever runs this service gives them out."), needsKey: true },
  key_wrong: { title: phrase("That key does not work"), advice: phrase("Check it for missing characters, or ask whoever runs this service for a new one."), needsKey: true },
  key_revoked: { title: phrase("That key is no longer good"), advice: phrase("Ask whoever runs this service for a new one."), needsKey: true },
  token_invalid: { title: phrase("You are signed out"), advice: phrase("Sign in again."), needsKey: true },
  rate_limited: AT_ONCE,
  requests_too_many: AT_ONCE,
  large_requests_too_many: AT_ONCE,
  podcasts_too_many: { title: phrase("As many of yours as may be are being made"), advice: phrase("Wait until one is finished, or stop one; drafts count, too.") },
  minutes_used_up: { title: phrase("That is more than today’s minutes"), advice: phrase("Ask for a shorter one, or again tomorrow.") },
  money_used_up: { title: phrase("What today may cost is spent"), advice: phrase("Ask for it again tomorrow.") },
  request_too_large: { title: phrase("That is too much"), advice: phrase("Use fewer or smaller files.") },
  podcast_unknown: { title: phrase("This podcast does not exist"), advice: phrase("It may have been deleted, or it belongs to another key."), final: true },
  share_wrong: { title: phrase("This link is not whole"), advice: phrase("Copy all of it, or ask for it again."), final: true },
  share_expired: { title: phrase("This link was good for a while only"), advice: phrase("Ask who sent it for a new one."), final: true },
  share_revoked: { title: phrase("This link was taken back"), advice: phrase("Ask who sent it for a new one."), final: true },
  podcast_cancelled: { title: phrase("You stopped this podcast"), advice: phrase("Nothing more of it is made; what had been made is here, to hear and to read.") },
  podcast_ended: { title: phrase("There is nothing left to hear"), advice: phrase("Ask for it again as a new podcast.") },
  stream_refused: { title: phrase("The stream broke off"), advice: phrase("Open the podcast again from your library.") },
  playback_failed: { title: phrase("The sound could not be played"), advice: phrase("Open the podcast again, or download its file.") },
  source_empty: { title: phrase("Nothing readable was found"), advice: phrase("Try other links or files, or paste the text itself.") },
  source_unreadable: { title: phrase("A source could not be read"), advice: phrase("Try another link or format, or paste the text itself.") },
  source_not_text: { title: phrase("A source is no text"), advice: phrase("Give web pages or documents, or paste the text itself.") },
  source_not_found: { title: phrase("A page is not there"), advice: phrase("Check the link for typing mistakes, or try another.") },
  source_http_error: { title: phrase("A page could not be fetched"), advice: phrase("Open the link yourself; if it wants a login, paste its text.") },
  source_unreachable: { title: phrase("A site could not be reached"), advice: phrase("Check the link, or try again later.") },
  source_too_slow: { title: phrase("A site took too long"), advice: phrase("Try again later, or paste the text itself.") },
  source_too_large: { title: phrase("A source is too large"), advice: phrase("Give a part of it, or a smaller file.") },
  source_not_public: { title: phrase("A link is not public"), advice: phrase("Paste the text itself.") },
  source_url_invalid: { title: phrase("A link leads nowhere"), advice: phrase("Check the link for typing mistakes, or try another.") },
  script_unreadable: UNREADABLE,
  engine_script_unreadable: UNREADABLE,
  language_unsupported: UNKNOWN_LANGUAGE,
  engine_language_unknown: UNKNOWN_LANGUAGE,
  topic_not_found: { title: phrase("Nothing was found about this topic"), advice: phrase("Use a more common name for it, or give links or a text.") },
  engine_text_refused: { title: phrase("The voices refuse this text"), advice: phrase("Try other sources, or another voice.") },
  engine_language_other: { title: phrase("The sources are in another language"), advice: phrase("Leave the language to the sources, or choose a writer that translates.") },
  engine_calls_spent: { title: phrase("The writer did not get anywhere"), advice: phrase("Choose another writer, or try again later.") },
  engine_context_exceeded: { title: phrase("This is too much for the writer"), advice: phrase("Give fewer or shorter sources.") },
  engine_language_wrong: { title: phrase("The writer does not know this language"), advice: phrase("Choose another language or writer.") },
  engine_unpaid: { title: phrase("The engine’s account has no credit left"), advice: phrase("Tell whoever runs this service.") },
  attempts_exhausted: OUT_OF_ORDER,
  engine_broke_off: OUT_OF_ORDER,
  engine_failed: OUT_OF_ORDER,
  engine_slow: OUT_OF_ORDER,
  engine_unreachable: OUT_OF_ORDER,
  internal: OUT_OF_ORDER,
  podcast_failed: OUT_OF_ORDER,
  service_away: OUT_OF_ORDER,
  service_busy: OUT_OF_ORDER,
  service_failed: OUT_OF_ORDER,
  service_too_slow: OUT_OF_ORDER,
  storage_failed: OUT_OF_ORDER,
  storage_unreachable: OUT_OF_ORDER,
  store_unreachable: OUT_OF_ORDER,
  stuck: OUT_OF_ORDER,
  engine_busy: { title: phrase("Everybody is speaking just now"), advice: phrase("Try again in a few minutes.") },
};

/**
 * @param {{code?: string, message?: string, status?: number}} error
 * @returns {PlainWords & {detail: string}}
 */
export function plainWords(error) {
  const other = error.status === 401 || error.status === 403 ? WORDS.key_wrong : OTHER;
  const known = Object.hasOwn(WORDS, error.code ?? "") ? WORDS[/** @type {keyof typeof WORDS} */ (error.code)] : other;
  const { title, advice, needsKey, final } = known ?? OTHER;
  return { title: say(title), advice: say(advice), needsKey, final, detail: error.code === "unreachable" ? "" : (error.message ?? "") };
}

/** In a sentence: the server's own, which says more, to who reads the page in its language. @param {{code?: string, message?: string, status?: number}} error */
export function inShort(error) {
  const { title, detail } = plainWords(error);
  return language === "en" && detail ? detail : title;
}

/** @type {PlainWords} */
const OTHER = { title: phrase("This did not work"), advice: phrase("Try again; if it stays so, change the request a little.") };
