/**
 * Give an element with the class "tinted" its podcast's own color: that of the cover which mastering draws from the same
 * title (functions/mastering/cover_art.py), so that nothing changes color when the cover comes.
 *
 * @param {HTMLElement} element
 * @param {string} title
 */
export async function tint(element, title) {
  const folded = title.toUpperCase().toLowerCase(); // "ß" is "ss", as Python's casefold has it
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(folded));
  element.style.setProperty("--hue", `${(new Uint8Array(digest)[0] / 256) * 360}`);
}
