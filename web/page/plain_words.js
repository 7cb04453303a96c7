/** Errors in plain words, with what to do about them. The server's own sentence follows where it says more. */

/** @typedef {{title: string, advice: string, needsKey?: boolean}} PlainWords */

/** @type {Record<string, PlainWords>} by code */
const WORDS = {
  unreachable: { title: "No connection", advice: "Check your network, then try again." },
  unauthenticated: { title: "A key is needed", advice: "Enter the access key you were given.", needsKey: true },
  key_invalid: { title: "That key does not work", advice: "Check it for missing characters, or ask for a new one.", needsKey: true },
  rate_limited: { title: "That was a lot at once", advice: "Wait a minute, then try again." },
  request_too_large: { title: "That is too much", advice: "Use fewer or smaller files." },
  podcast_unknown: { title: "This podcast does not exist", advice: "It may have been deleted, or it belongs to another key." },
  podcast_cancelled: { title: "You stopped this podcast", advice: "What had been voiced is still here." },
  podcast_ended: { title: "There is nothing left to hear", advice: "Ask for it again as a new podcast." },
  packet_gap: { title: "The stream broke off", advice: "Open the podcast again from your library." },
  playback_failed: { title: "The sound could not be played", advice: "Open the podcast again, or download its file." },
  no_sources: { title: "Nothing readable was found", advice: "Try other links, a more common topic, or paste a text." },
};

/**
 * @param {{code?: string, message?: string, status?: number}} error
 * @returns {PlainWords & {detail: string}}
 */
export function plainWords(error) {
  const code = error.status === 401 || error.status === 403 ? "key_invalid" : (error.code ?? "");
  const known = Object.hasOwn(WORDS, code) ? WORDS[code] : OTHER;
  return { ...known, detail: known === WORDS.unreachable ? "" : (error.message ?? "") };
}

/** @type {PlainWords} */
const OTHER = { title: "This did not work", advice: "Try again; if it stays so, change the request a little." };
