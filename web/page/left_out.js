/** What was not read of a source, in words: "31 references, 2 tables". */

/** Kinds whose plural is not made by an "s", or whose name is not what people say. @type {Record<string, [string, string]>} */
const NAMES = {
  code: ["piece of code", "pieces of code"],
  math: ["formula", "formulas"],
  footnote: ["note", "notes"],
};

/** The most numerous kinds first. @param {Record<string, number> | undefined} leftOut by kind */
export function leftOutWords(leftOut) {
  const told = Object.entries(leftOut ?? {}).filter(([, number]) => number > 0).sort(([, one], [, other]) => other - one);
  return told.map(([kind, number]) => `${number.toLocaleString("en")} ${name(kind, number)}`).join(", ");
}

/** @param {string} kind @param {number} number */
function name(kind, number) {
  const [one, many] = Object.hasOwn(NAMES, kind) ? /** @type {[string, string]} */ (NAMES[kind]) : [kind, `${kind}s`];
  return number === 1 ? one : many;
}
