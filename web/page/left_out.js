/** What was not read of a source, in words: "31 references, 2 tables". */

import { phrase, say } from "./words.js";

const OTHER = phrase("{count} other part|{count} other parts");
/** By kind, as the harvester counts them. @type {Record<string, string>} */
const NAMES = {
  attachment: phrase("{count} attachment|{count} attachments"),
  caption: phrase("{count} caption|{count} captions"),
  chapter: phrase("{count} chapter|{count} chapters"),
  code: phrase("{count} piece of code|{count} pieces of code"),
  column: phrase("{count} column|{count} columns"),
  copy: phrase("{count} source with the same text|{count} sources with the same text"),
  file: phrase("{count} file|{count} files"),
  footnote: phrase("{count} note|{count} notes"),
  "list of links": phrase("{count} list of links|{count} lists of links"),
  math: phrase("{count} formula|{count} formulas"),
  message: phrase("{count} message|{count} messages"),
  "part for subscribers": phrase("{count} part for subscribers|{count} parts for subscribers"),
  "quoted line": phrase("{count} quoted line|{count} quoted lines"),
  reference: phrase("{count} reference|{count} references"),
  row: phrase("{count} row|{count} rows"),
  sheet: phrase("{count} sheet|{count} sheets"),
  table: phrase("{count} table|{count} tables"),
};

/** The most numerous kinds first. @param {Record<string, number> | undefined} leftOut by kind */
export function leftOutWords(leftOut) {
  /** @type {Map<string, number>} */
  const told = new Map();
  for (const [kind, number] of Object.entries(leftOut ?? {})) {
    const name = Object.hasOwn(NAMES, kind) ? NAMES[kind] : OTHER;
    if (number > 0) told.set(name, (told.get(name) ?? 0) + number);
  }
  const sorted = [...told].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, count]) => say(name, { count })).join(", ");
}
