/** How it goes with what plays, in the words beside its clock. */

import { isDry } from "../media/buffering.js";
import { phrase, say } from "./words.js";

/** @type {Partial<Record<import("../media/player.js").PlayerState, string>>} */
const WORDS = {
  starting: phrase("Starting…"),
  buffering: phrase("Buffering…"),
  blocked: phrase("Press play to listen"),
  failed: phrase("Playback failed"),
};

/**
 * "" where it plays as it was asked to. What is missing is told by what it is waited for: the net, the server, or the making.
 * @param {Pick<import("../episode.js").Episode, "unreachable" | "connectionState"> & {connection: {reconnects: number} | null}} episode
 * @param {Pick<import("../media/player.js").Player, "state" | "rate" | "soundingRate" | "aheadMs">} player
 * @param {boolean} online  as far as the browser and the page have found out
 */
export function stateWords({ unreachable, connectionState, connection }, { state, rate, soundingRate, aheadMs }, online) {
  const dry = isDry(state);
  if (dry && !online) return say("No connection");
  const isCut = connectionState === "waiting" || (connectionState === "connecting" && Boolean(connection?.reconnects));
  if (unreachable || (dry && isCut)) return aheadMs > 0 && !dry ? say("Reconnecting; playing on") : say("Reconnecting…");
  if (state === "playing" && soundingRate < rate) return say("{speed}×, as fast as it is made", { speed: soundingRate });
  return say(WORDS[state] ?? "");
}
