/**
 * Which words are spoken when, within a turn.
 *
 * A voice says a turn at a fairly even pace and rests at punctuation. So a turn is cut into groups of a few words, and each
 * gets the share of its time that its letters and the rest after it make up.
 */

/** @typedef {{text: string, start: number, end: number}} WordGroup  seconds of the podcast */

const MAX_WORDS = 6;
/** With the marks that French sets apart from it, as mastering has them (captions.py). */
const WORD = /(?:«[^\S\n])?\S+(?:[^\S\n][!?;:»]{1,3}(?!\S))*\s*/g;
/** How many letters a rest is as long as. */
const REST = { clause: 4, sentence: 9 };

/**
 * @param {string} text
 * @param {number} start  of the turn, in seconds
 * @param {number} end
 * @returns {WordGroup[]}
 */
export function wordGroups(text, start, end) {
  const groups = cut(text);
  const weights = groups.map((group) => Math.max(1, letters(group)) + restAfter(group));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let at = start;
  return groups.map((group, number) => {
    const from = at;
    at = number === groups.length - 1 ? end : from + ((end - start) * weights[number]) / total;
    return { text: group, start: from, end: at };
  });
}

/** Pieces that together are the text: cut after punctuation, and where a piece would grow long. @param {string} text */
function cut(text) {
  /** @type {string[]} */
  const groups = [];
  let group = "";
  let words = 0;
  for (const word of text.match(WORD) ?? []) {
    group += word;
    words++;
    if (group.includes("\n") || (restAfter(group) > 0 ? words > 1 : words === MAX_WORDS)) {
      groups.push(group);
      group = "";
      words = 0;
    }
  }
  if (group) groups.push(group);
  return groups;
}

/** @param {string} group */
const letters = (group) => group.replace(/\s/g, "").length;

/** @param {string} group */
function restAfter(group) {
  if (/[.!?…][\s"'”’»«“)\]]*$/.test(group)) return REST.sentence;
  return /[,;:—–][\s"'”’»«“)\]]*$|\n$/.test(group) ? REST.clause : 0; // each verse rests at its end
}
