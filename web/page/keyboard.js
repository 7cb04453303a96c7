/** Keys for those who do not want to reach for the mouse; left alone while something is being typed. */

/** What goes on while it is held down; a switch would flutter. */
const SKIPS = /^(Arrow.*|j|l)$/i;

/**
 * @param {Record<string, () => void>} actions  by KeyboardEvent.key
 */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || SKIPS.test(event.key)) action();
  });
}

/** @param {KeyboardEvent} event */
function isTyping({ target, key }) {
  if (!(target instanceof HTMLElement) || document.querySelector("dialog[open]")) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement) return target.type !== "range" || !key.startsWith("Arrow");
  return key === " " && target.closest("button, a, summary") !== null; // there the space bar presses it
}
