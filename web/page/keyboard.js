/** Keys for those who do not want to reach for the mouse; left alone while something is being typed. */

/** What goes on while it is held down; a switch would flutter. */
const SKIPS = /^(Arrow.*|j|l)$/i;

/**
 * @param {Record<string, () => void>} actions  by KeyboardEvent.key, with "Ctrl+" before it where that, or ⌘, is held
 */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || isTyping(event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = actions[event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || SKIPS.test(event.key)) action();
  });
}

/** Whether the key is for what has the focus. @param {KeyboardEvent} event */
function isTyping({ target, key }) {
  if (!(target instanceof HTMLElement) || document.querySelector("dialog[open]")) return true;
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return true;
  if (target instanceof HTMLSelectElement) return CHOOSING.test(key) || [...target.options].some(({ text }) => beginsWith(text, key));
  if (target instanceof HTMLInputElement) {
    if (target.type === "range") return false; // the arrows skip, and nothing else is meant for it
    return !["checkbox", "radio"].includes(target.type) || CHOOSING.test(key);
  }
  return key === " " && target.closest("button, a, summary") !== null; // there the space bar presses it
}

/** What a list of choices, a radio button and a checkbox take for themselves, besides the first letter of a choice. */
const CHOOSING = /^( |Arrow.*)$/;

/** @param {string} text @param {string} key */
const beginsWith = (text, key) => text.toLowerCase().startsWith(key.toLowerCase());
