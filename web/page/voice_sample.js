/** How a voice sounds, before it is chosen: the greeting that a podcast with it would begin with. */

import { readOpening } from "../opening.js";

const sound = new Audio();

/**
 * Play what a voice says; the last one falls silent. Rejects where it cannot be had, or the browser wants another click.
 * @param {import("../api.js").Api} api
 * @param {import("../media/containers.js").Container} container
 * @param {import("../opening.js").Choices} choices
 */
export async function playSample(api, container, choices) {
  sound.pause();
  const { opening } = await api.sample(choices);
  if (!opening) throw new Error("nothing is said before the title");
  const { packets, preSkip } = readOpening(opening);
  const parts = [container.initSegment({ preSkip, channels: 1 }), container.mediaSegment(0, packets)];
  URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(new Blob(parts, { type: container.type }));
  await sound.play();
}
