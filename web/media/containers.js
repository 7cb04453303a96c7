/** Which container this browser's Media Source Extensions take Opus in. */

import * as webm from "./webm.js";

/** How browsers spell them; Safari takes the last one only of each. */
const WEBM = ['audio/webm; codecs="opus"', "audio/webm; codecs=opus"];
const MP4 = ['audio/mp4; codecs="opus"', 'audio/mp4; codecs="Opus"'];

/**
 * @typedef {object} OpusStream
 * @property {number} preSkip  samples of 48 kHz to drop at the start
 * @property {number} channels  1 or 2
 */
/**
 * @typedef {object} Container
 * @property {string} type  as the browser spells it
 * @property {(stream: OpusStream) => Uint8Array<ArrayBuffer>} initSegment
 * @property {(first: number, packets: Uint8Array[]) => Uint8Array<ArrayBuffer>} mediaSegment
 */
/** @typedef {{new (): MediaSource, isTypeSupported(type: string): boolean}} MediaSourceClass */

/**
 * The first container that is supported, WebM before MP4, which is loaded for who needs it; null where none is.
 * @param {(type: string) => boolean} isTypeSupported
 * @returns {Promise<Container | null>}
 */
export async function chooseContainer(isTypeSupported) {
  const [inWebm, inMp4] = [WEBM, MP4].map((types) => types.find(isTypeSupported));
  const type = inWebm ?? inMp4;
  if (!type) return null;
  const { initSegment, mediaSegment } = inWebm ? webm : await import("./mp4.js");
  return { type, initSegment, mediaSegment };
}

/**
 * The browser's MediaSource; on iPhones the managed one, which alone they have.
 * @param {any} scope  the global object
 * @returns {MediaSourceClass | null}
 */
export function findMediaSource(scope) {
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}
