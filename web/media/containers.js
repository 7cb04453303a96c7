/** Which container this browser's Media Source Extensions take Opus in. */

import * as mp4 from "./mp4.js";
import * as webm from "./webm.js";

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
 * The first container that is supported, WebM before MP4; null where none is.
 * @param {(type: string) => boolean} isTypeSupported
 * @returns {Container | null}
 */
export function chooseContainer(isTypeSupported) {
  for (const { types, initSegment, mediaSegment } of [webm, mp4]) {
    const type = types.find(isTypeSupported);
    if (type) return { type, initSegment, mediaSegment };
  }
  return null;
}

/**
 * The browser's MediaSource; on iPhones the managed one, which alone they have.
 * @param {any} scope  the global object
 * @returns {MediaSourceClass | null}
 */
export function findMediaSource(scope) {
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}
