/** Whether the server is within reach, looked into while sound is wanted and none comes: what is a network for the browser may lead nowhere. */

/** Sound comes back so soon most of the time. */
const PATIENT_MS = 1_500;
/** Who answers later might as well not be there. */
const ANSWER_MS = 3_500;
const AGAIN_MS = 3_000;

export class Reach {
  /** It was looked into, and it is not. */
  isAway = false;
  #on;
  #answers;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #waits = false;
  /** Which answer counts: the latest look's. */
  #look = 0;

  /**
   * @param {object} on
   * @param {() => number} on.arrived  how much has come so far
   * @param {() => void} on.change
   * @param {() => void} on.back  it answers again, and nothing has come by itself
   * @param {(withinMs: number) => Promise<boolean>} [answers]  whether it answers, whatever it answers
   */
  constructor(on, answers = pageAnswers) {
    this.#on = on;
    this.#answers = answers;
  }

  /** @param {boolean} waits  whether sound is wanted, and none comes */
  watch(waits) {
    if (waits === this.#waits) return;
    this.#waits = waits;
    this.#look++;
    clearTimeout(this.#timer);
    if (waits) this.#timer = setTimeout(() => void this.#lookNow(), PATIENT_MS);
    else this.#tell(false);
  }

  async #lookNow() {
    const look = ++this.#look;
    const before = this.#on.arrived();
    const isThere = await this.#answers(ANSWER_MS);
    if (look !== this.#look) return;
    const comes = this.#on.arrived() > before;
    if (isThere && this.isAway && !comes) this.#on.back();
    this.#tell(!isThere && !comes);
    this.#timer = setTimeout(() => void this.#lookNow(), AGAIN_MS);
  }

  /** @param {boolean} isAway */
  #tell(isAway) {
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    this.#on.change();
  }
}

/** Asked past the worker, who would answer in its place (../worker.js). @param {number} withinMs */
const pageAnswers = (withinMs) =>
  fetch("config.json", { method: "HEAD", signal: AbortSignal.timeout(withinMs) }).then(
    () => true,
    () => false,
  );
