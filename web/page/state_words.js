/** How it goes with what plays, in the words beside its clock. */

import { phrase, say } from "./words.js";

/** @type {Partial<Record<import("../media/player.js").PlayerState, string>>} */
const WORDS = {
  starting: phrase("Starting…"),
  buffering: phrase("Buffering…"),
  blocked: phrase("Press play to listen"),
  failed: phrase("Playback failed"),
};
/** States in which sound is wanted, and there is none. */
const DRY = new Set(["starting", "buffering"]);

/**
 * "" where it plays as it was asked to. What is missing is told by what it is waited for: the net, the server, or the making.
 * @param {Pick<import("../episode.js").Episode, "unreachable" | "connectionState"> & {connection: {reconnects: number} | null}} episode
 * @param {Pick<import("../media/player.js").Player, "state" | "rate" | "soundingRate" | "aheadMs">} player
 * @param {boolean} online  as the browser has it
 */
export function stateWords({ unreachable, connectionState, connection }, { state, rate, soundingRate, aheadMs }, online) {
  const isDry = DRY.has(state);
  if (isDry && !online) return say("No connection");
  const isCut = connectionState === "waiting" || (connectionState === "connecting" && Boolean(connection?.reconnects));
  if (unreachable || (isDry && isCut)) return aheadMs > 0 && !isDry ? say("Reconnecting; playing on") : say("Reconnecting…");
  if (state === "playing" && soundingRate < rate) return say("{speed}×, as fast as it is made", { speed: soundingRate });
  return say(WORDS[state] ?? "");
}
