import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../styles/", import.meta.url);
const text = readdirSync(FOLDER).map((name) => readFileSync(new URL(name, FOLDER), "utf8")).join("\n").replace(/\/\*.*?\*\//gs, "");

/** @param {RegExp} declares @returns {string[]} the selectors of the rules that declare it */
function selectors(declares) {
  const rules = [...text.matchAll(/([^{}]+)\{([^{}]*)\}/g)].filter(([, , body]) => declares.test(body));
  return rules.flatMap(([, heads]) => heads.split(",").map((head) => head.trim()));
}

test("words on a ground of their own keep it where the reader's colors are forced", () => {
  const grounded = selectors(/(?<![-\w])color: var\(--(ground|on-accent)\)/);
  assert.ok(grounded.length > 5);
  const kept = selectors(/forced-color-adjust: none/);
  assert.deepEqual(grounded.filter((one) => !kept.includes(one)), []);
});

test("each color has a value for paper", () => {
  const printed = /@media print \{\s*:root,\s*\[data-scheme\] \{([^}]*)\}/.exec(text)?.[1] ?? "";
  const light = /\[data-scheme="light"\] \{([^}]*)\}/.exec(text)?.[1] ?? "";
  const names = (/** @type {string} */ block) => [...block.matchAll(/(--[\w-]+):/g)].map(([, name]) => name);
  assert.ok(names(light).length > 10);
  assert.deepEqual(names(light).filter((name) => !names(printed).includes(name)), []);
});

test("no change of a text has the browser look through the page for what it may match", () => {
  const looking = [...text.matchAll(/([^\s,{}]*):has\(([^{}]*)/g)];
  assert.ok(looking.length > 2);
  for (const [whole, subject, inner] of looking) {
    assert.doesNotMatch(subject, /^(body|html|main|:root|\*|\[data-view=.*\])?$/, `${whole}: all of the page is looked through`);
    assert.doesNotMatch(inner, /^\s*[+~]/, `${whole}: each of its neighbors is looked at`);
  }
});
