/** What was asked for with this key, and what it cost: the last thirty days in a line, and what is left of today; or a podcast. */

import { byId } from "./dom.js";
import { money, number, unit } from "./format.js";
import { inShort } from "./plain_words.js";
import { say } from "./words.js";

/** @param {import("../api.js").Api} api */
export const showUsage = (api) => tell("usage-words", async () => usageWords(await api.usage(), new Date()));

/** @param {import("../api.js").Api} api @param {string} id  of a podcast */
export const showCost = (api, id) => tell("cost-words", async () => costWords(await api.usageOf(id)));

/** @param {string} place @param {() => Promise<string[]>} ask */
async function tell(place, ask) {
  const words = byId(place, HTMLElement);
  words.textContent = say("A moment…");
  try {
    words.textContent = (await ask()).join(" · ");
  } catch (error) {
    words.textContent = inShort(/** @type {any} */ (error));
  }
}

/** @param {import("../api_types.js").PodcastUsage} usage */
export function costWords({ characters, speech_usd: usd }) {
  const voiced = Object.values(characters).reduce((one, other) => one + other, 0);
  return [say("{number} characters voiced", { number: number(voiced) }), usd === null ? "" : say("{money} for voices", { money: money(usd) })].filter(Boolean);
}

/** @param {import("../api_types.js").Usage} usage @param {Date} now */
export function usageWords({ days, limits }, now) {
  const sum = (/** @type {(day: import("../api_types.js").UsedDay) => number} */ of) => days.reduce((total, day) => total + of(day), 0);
  const characters = sum((day) => Object.values(day.characters).reduce((one, other) => one + other, 0));
  const priced = days.filter((day) => day.speech_usd !== null);
  const today = days.find(({ date }) => date === now.toISOString().slice(0, 10)); // days are those of UTC
  return [
    say("{count} podcast asked for|{count} podcasts asked for", { count: sum((day) => day.podcasts) }),
    say("{time} finished", { time: unit(Math.round(sum((day) => day.duration_ms) / 60_000), "minute") }),
    characters ? say("{number} characters voiced", { number: number(characters) }) : "",
    priced.length ? say("{money} for voices", { money: money(priced.reduce((total, day) => total + (day.speech_usd ?? 0), 0)) }) : "",
    limits.minutes_a_day ? say("{time} left today", { time: unit(Math.max(0, limits.minutes_a_day - (today?.minutes ?? 0)), "minute") }) : "",
  ].filter(Boolean);
}
