/** A line as a picture that can be posted anywhere: what was said, by whom, and in which podcast. */

const [WIDTH, HEIGHT, MARGIN] = [1200, 630, 80];
const [GROUND, INK, FAINT, ACCENT] = ["#0d0f1e", "#f7f3ea", "#b9b6c9", "#ffb454"];
const SIZES = [64, 56, 48, 42, 36, 30];
const LEADING = 1.32;
const QUOTE_HEIGHT = HEIGHT - 2 * MARGIN - 110;

/**
 * A PNG of 1200 by 630 pixels, as links' previews have them. Rejects where the browser draws none.
 * @param {string} title
 * @param {{text: string, speaker: string}} line
 * @returns {Promise<Blob>}
 */
export async function picture(title, { text, speaker }) {
  await document.fonts.ready;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const paint = canvas.getContext("2d");
  if (!paint) throw new Error("this browser draws nothing");
  const style = getComputedStyle(document.documentElement);
  const [display, plain] = ["--display", "--text"].map((name) => style.getPropertyValue(name) || "serif");
  const backwards = isRightToLeft(text);
  paint.direction = backwards ? "rtl" : "ltr";
  paint.textAlign = "start";
  paint.textBaseline = "alphabetic";
  const edge = backwards ? WIDTH - MARGIN : MARGIN;
  paint.fillStyle = GROUND;
  paint.fillRect(0, 0, WIDTH, HEIGHT);
  paint.fillStyle = ACCENT;
  paint.fillRect(backwards ? WIDTH - 24 : 0, 0, 24, HEIGHT);
  paint.fillStyle = INK;
  const { size, lines } = fitted(paint, `“${text}”`, display);
  paint.font = `${size}px ${display}`;
  lines.forEach((line, number) => paint.fillText(line, edge, MARGIN + size * (1 + number * LEADING)));
  paint.fillStyle = ACCENT;
  paint.font = `600 30px ${plain}`;
  paint.fillText(speaker, edge, HEIGHT - MARGIN - 40);
  paint.fillStyle = FAINT;
  paint.font = `26px ${plain}`;
  paint.fillText(`${title} · Aethercast`, edge, HEIGHT - MARGIN, WIDTH - 2 * MARGIN);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture")))));
}

/** In the largest letters in which it has room; what is too long for the smallest ends with an ellipsis. @param {CanvasRenderingContext2D} paint @param {string} text @param {string} font */
function fitted(paint, text, font) {
  for (const size of SIZES) {
    paint.font = `${size}px ${font}`;
    const lines = wrapped(text, (line) => paint.measureText(line).width <= WIDTH - 2 * MARGIN);
    const room = Math.floor(QUOTE_HEIGHT / (size * LEADING));
    if (lines.length <= room) return { size, lines };
    if (size === SIZES.at(-1)) return { size, lines: [...lines.slice(0, room - 1), `${lines[room - 1]} …`] };
  }
  throw new Error("there are sizes");
}

/** Lines that fit; a word that is longer than one, or a script without spaces, is broken. @param {string} text @param {(line: string) => boolean} fits */
export function wrapped(text, fits) {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let rest = line ? `${line} ${word}` : word;
    if (!fits(rest) && line) {
      lines.push(line);
      rest = word;
    }
    while (!fits(rest) && rest.length > 1) {
      let taken = rest.length - 1;
      while (taken > 1 && !fits(rest.slice(0, taken))) taken--;
      lines.push(rest.slice(0, taken));
      rest = rest.slice(taken);
    }
    line = rest;
  }
  return line ? [...lines, line] : lines;
}

/** By its first letter that has a direction, as `dir="auto"` has it. @param {string} text */
export function isRightToLeft(text) {
  const letter = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter);
}
