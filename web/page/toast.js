/** A short message at the bottom edge, with one thing that can be done about it. */

import { byId, el } from "./dom.js";
import { say } from "./words.js";

const SHOWN_MS = 2_500;
/** Who is to decide something has to have read it first. */
const DECIDED_MS = 7_000;

let timer = 0;
/** What follows once the message has gone by, unless it was undone. @type {(() => void) | null} */
let then = null;
/** @type {(() => void) | null} */
let undone = null;

/** @param {string} message */
export function toast(message) {
  show(message, null, SHOWN_MS);
}

/**
 * Say that something is done, and do it only once nobody wants it undone: also where the page is left before that.
 * @param {string} message
 * @param {() => void} act
 * @param {() => void} undo
 */
export function toastUndo(message, act, undo) {
  show(message, el("button", { type: "button", onclick: undoLast }, say("Undo")), DECIDED_MS);
  [then, undone] = [act, undo];
}

/** Nothing is done about it, where that can be had still. */
export function undoLast() {
  const undo = undone;
  then = null;
  hide();
  undo?.();
}

/** @param {string} message @param {HTMLElement | null} button @param {number} ms */
function show(message, button, ms) {
  settle();
  const place = byId("toast", HTMLElement);
  place.replaceChildren(message, ...(button ? [button] : []));
  place.classList.add("shown");
  hideIn(ms);
}

/** Who has come to the button, with the mouse or the keyboard, is given the time. @param {number} ms */
function hideIn(ms) {
  const isHeld = () => byId("toast", HTMLElement).matches(":hover, :focus-within");
  clearTimeout(timer);
  timer = window.setTimeout(() => (isHeld() ? hideIn(ms) : hide()), ms);
}

/** Nobody comes to a button that is not seen. */
function hide() {
  const place = byId("toast", HTMLElement);
  place.classList.remove("shown");
  place.querySelector("button")?.remove();
  settle();
}

/** What nobody has wanted undone so far is done now. */
export function settle() {
  const due = then;
  then = undone = null;
  due?.();
}

window.addEventListener("pagehide", settle);
