/**
 * Of all tabs of this player in a browser one sounds: the one in which playing began last.
 *
 * @param {HTMLAudioElement} audio
 * @param {() => void} pause
 */
export function soundAlone(audio, pause) {
  if (typeof BroadcastChannel === "undefined") return;
  const tabs = new BroadcastChannel("aethercast.sounding");
  audio.addEventListener("play", () => tabs.postMessage("here"));
  tabs.addEventListener("message", () => audio.paused || pause());
}
