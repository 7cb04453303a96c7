/**
 * What stands before an MP3's sound: what it is, what is said in it, and a picture to see meanwhile.
 *
 * Version 2.3, which every player reads: https://id3.org/id3v2.3.0
 */

/** Encodings of text, by the byte that says so. */
const [LATIN, UTF_16] = [0, 1];
const FRONT_COVER = 3;
const NO_FLAGS = [0, 0];

/**
 * @param {object} of
 * @param {string} of.title
 * @param {string} of.artist
 * @param {string} of.album
 * @param {string} of.words  that are said
 * @param {Uint8Array} of.png
 */
export function id3({ title, artist, album, words, png }) {
  const frames = [
    frame("TIT2", [UTF_16, ...utf16(title)]),
    frame("TPE1", [UTF_16, ...utf16(artist)]),
    frame("TALB", [UTF_16, ...utf16(album)]),
    frame("USLT", [UTF_16, ...ascii("und"), ...utf16(""), 0, 0, ...utf16(words)]),
    frame("APIC", [LATIN, ...ascii("image/png"), 0, FRONT_COVER, 0], png),
  ].flat();
  const size = frames.reduce((sum, { length }) => sum + length, 0);
  const header = Uint8Array.of(...ascii("ID3"), 3, 0, 0, ...[21, 14, 7, 0].map((shift) => (size >> shift) & 0x7f));
  return new Blob([header, ...frames]);
}

/** @param {string} name @param {number[]} head @param {Uint8Array} [body] */
function frame(name, head, body = new Uint8Array()) {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, head.length + body.length);
  return [Uint8Array.of(...ascii(name), ...size, ...NO_FLAGS, ...head), new Uint8Array(body)];
}

/** @param {string} text */
const ascii = (text) => [...text].map((sign) => sign.charCodeAt(0));

/** After the mark that says which byte comes first. @param {string} text */
const utf16 = (text) => [0xff, 0xfe, ...Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).flatMap((unit) => [unit & 0xff, unit >> 8])];
