/**
 * Louder than the podcast is: for a noisy street, or a quiet loudspeaker.
 *
 * Loud moments are held down and all is raised, so that nothing is cut off. Once the element's sound has come this way it
 * does so for the page's life; where it is not to be louder, unchanged.
 * https://www.w3.org/TR/webaudio/#DynamicsCompressorNode, whose make-up gain is its own.
 */

/** Episodes are at -16 LUFS: speech is held between there and full scale, and comes out about 7 dB louder. */
const HOLDS = { threshold: -24, knee: 12, ratio: 4, attack: 0.003, release: 0.25 };
const RAISES = 2;
/** Nothing goes beyond this, of full scale. */
const MOST = 0.97;

export class Louder {
  #audio;
  #context = new AudioContext({ latencyHint: "playback" });
  /** @type {MediaElementAudioSourceNode | null} */
  #source = null;
  /** @type {AudioNode | null} */
  #amplifier = null;
  #on = false;

  /** @param {HTMLMediaElement} audio */
  constructor(audio) {
    this.#audio = audio;
    audio.addEventListener("pause", () => void this.#context.suspend()); // it would work on for nothing
  }

  /** @param {boolean} on */
  async set(on) {
    this.#on = on;
    await this.#context.resume(); // until the browser allows it the sound would be lost
    this.#source ??= this.#context.createMediaElementSource(this.#audio);
    this.#amplifier ??= amplifier(this.#context);
    this.#source.disconnect();
    this.#source.connect(this.#on ? this.#amplifier : this.#context.destination);
  }
}

/** A node whose input sounds louder at the context's output. @param {BaseAudioContext} context */
export function amplifier(context) {
  const holding = new DynamicsCompressorNode(context, HOLDS);
  const raising = new GainNode(context, { gain: RAISES });
  const limiting = new WaveShaperNode(context, { curve: softLimit() });
  holding.connect(raising).connect(limiting).connect(context.destination);
  return holding;
}

/** Straight up to two thirds, and bent from there: no more than MOST comes out, whatever goes in. */
function softLimit() {
  const points = 1025;
  return Float32Array.from({ length: points }, (_, at) => {
    const input = (2 * at) / (points - 1) - 1;
    return Math.abs(input) < STRAIGHT ? input : Math.sign(input) * (STRAIGHT + (MOST - STRAIGHT) * Math.tanh((Math.abs(input) - STRAIGHT) / (MOST - STRAIGHT)));
  });
}

const STRAIGHT = 2 / 3;
