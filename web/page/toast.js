/** A short message at the bottom edge, with one thing that can be done about it. */

import { byId, el } from "./dom.js";
import { say } from "./words.js";

const SHOWN_MS = 2_500;
/** Who is to decide something has to have read it first. */
const DECIDED_MS = 7_000;

let timer = 0;
/** What follows once the message has gone by, unless it was undone. @type {(() => void) | null} */
let then = null;

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
  const undone = () => {
    then = null;
    hide();
    undo();
  };
  show(message, el("button", { type: "button", onclick: undone }, say("Undo")), DECIDED_MS);
  then = act;
}

/** @param {string} message @param {HTMLElement | null} button @param {number} ms */
function show(message, button, ms) {
  settle();
  const place = byId("toast", HTMLElement);
  place.replaceChildren(message, ...(button ? [button] : []));
  place.classList.add("shown");
  clearTimeout(timer);
  timer = window.setTimeout(hide, ms);
}

function hide() {
  byId("toast", HTMLElement).classList.remove("shown");
  settle();
}

function settle() {
  const due = then;
  then = null;
  due?.();
}

window.addEventListener("pagehide", settle);
