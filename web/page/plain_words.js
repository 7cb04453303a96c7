/** Errors in plain words, with what to do about them. The server's own sentence follows where it says more. */

/** @typedef {{title: string, advice: string, needsKey?: boolean}} PlainWords */

/** What this page itself finds wrong. @typedef {"unreachable" | "http_error" | "stream_refused" | "framing_unknown" | "playback_failed"} PageCode */

/** By code: those of the contract and the page's own alone. @type {Partial<Record<import("../api_types.js").ErrorCode | PageCode, PlainWords>>} */
const WORDS = {
  unreachable: { title: "No connection", advice: "Check your network, then try again." },
  key_missing: { title: "A key is needed", advice: "Enter the access key you were given; whoever runs this service gives them out.", needsKey: true },
  key_wrong: { title: "That key does not work", advice: "Check it for missing characters, or ask whoever runs this service for a new one.", needsKey: true },
  key_revoked: { title: "That key is no longer good", advice: "Ask whoever runs this service for a new one.", needsKey: true },
  token_invalid: { title: "You are signed out", advice: "Sign in again.", needsKey: true },
  rate_limited: { title: "That was a lot at once", advice: "Wait a minute, then try again." },
  request_too_large: { title: "That is too much", advice: "Use fewer or smaller files." },
  podcast_unknown: { title: "This podcast does not exist", advice: "It may have been deleted, or it belongs to another key." },
  share_wrong: { title: "This link is not whole", advice: "Copy all of it, or ask for it again." },
  share_expired: { title: "This link was good for a while only", advice: "Ask who sent it for a new one." },
  share_revoked: { title: "This link was taken back", advice: "Ask who sent it for a new one." },
  podcast_cancelled: { title: "You stopped this podcast", advice: "Nothing more of it is made; what had been written is below." },
  podcast_ended: { title: "There is nothing left to hear", advice: "Ask for it again as a new podcast." },
  stream_refused: { title: "The stream broke off", advice: "Open the podcast again from your library." },
  playback_failed: { title: "The sound could not be played", advice: "Open the podcast again, or download its file." },
  source_empty: { title: "Nothing readable was found", advice: "Try other links or files, or paste the text itself." },
  source_unreadable: { title: "A source could not be read", advice: "Try another link or format, or paste the text itself." },
  source_not_text: { title: "A source is no text", advice: "Give web pages or documents, or paste the text itself." },
  source_not_found: { title: "A page is not there", advice: "Check the link for typing mistakes, or try another." },
  source_http_error: { title: "A page could not be fetched", advice: "Open the link yourself; if it wants a login, paste its text." },
  source_unreachable: { title: "A site could not be reached", advice: "Check the link, or try again later." },
  source_too_slow: { title: "A site took too long", advice: "Try again later, or paste the text itself." },
  source_too_large: { title: "A source is too large", advice: "Give a part of it, or a smaller file." },
  source_not_public: { title: "A link is not public", advice: "Paste the text itself." },
  topic_not_found: { title: "Nothing was found about this topic", advice: "Use a more common name for it, or give links or a text." },
  engine_text_refused: { title: "The voices refuse this text", advice: "Try other sources, or another voice." },
  engine_language_other: { title: "The sources are in another language", advice: "Leave the language to the sources, or choose a writer that translates." },
  engine_calls_spent: { title: "The writer did not get anywhere", advice: "Choose another writer, or try again later." },
  engine_context_exceeded: { title: "This is too much for the writer", advice: "Give fewer or shorter sources." },
  engine_language_wrong: { title: "The writer does not know this language", advice: "Choose another language or writer." },
  engine_unpaid: { title: "The engine's account has no credit left", advice: "Tell whoever runs this service." },
  engine_busy: { title: "Everybody is speaking just now", advice: "Try again in a few minutes." },
};

/**
 * @param {{code?: string, message?: string, status?: number}} error
 * @returns {PlainWords & {detail: string}}
 */
export function plainWords(error) {
  const other = error.status === 401 || error.status === 403 ? WORDS.key_wrong : OTHER;
  const known = Object.hasOwn(WORDS, error.code ?? "") ? WORDS[/** @type {keyof typeof WORDS} */ (error.code)] : other;
  return { ...(known ?? OTHER), detail: error.code === "unreachable" ? "" : (error.message ?? "") };
}

/** @type {PlainWords} */
const OTHER = { title: "This did not work", advice: "Try again; if it stays so, change the request a little." };
