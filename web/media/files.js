/** Which of a finished episode's files this browser plays. */

/** The best first: what was heard while it was made, then what older iPhones play, whose files come a little later. */
const CANDIDATES = [
  ["audio", 'audio/ogg; codecs="opus"'],
  ["m4a", 'audio/mp4; codecs="mp4a.40.2"'],
  ["mp3", "audio/mpeg"],
];

/**
 * The address of the best one that is there; null where none is, or none yet.
 * @param {Record<string, string> | null} files  by kind
 * @param {(type: string) => string} canPlayType
 */
export function playableFile(files, canPlayType) {
  const kind = CANDIDATES.find(([kind, type]) => files?.[kind] && canPlayType(type) !== "")?.[0];
  return kind ? (files?.[kind] ?? null) : null;
}
