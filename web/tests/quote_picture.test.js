/** A quote in a picture stays within it, whichever its words are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { isRightToLeft, wrapped } from "../page/quote_picture.js";

const fits = (/** @type {string} */ line) => line.length <= 10;

for (const text of ["a few words of a line", "Donaudampfschifffahrtsgesellschaft fährt", "灯台は毎晩まもられる約束である", "", "x"]) {
  test(`lines of “${text}” fit, and nothing is lost`, () => {
    const lines = wrapped(text, fits);
    assert.ok(lines.every(fits));
    assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  });
}

test("the side it begins at is that of its letters", () => {
  assert.equal(isRightToLeft("“1. המגדלור"), true);
  assert.equal(isRightToLeft("“The word منارة"), false);
  assert.equal(isRightToLeft("42"), false);
});
