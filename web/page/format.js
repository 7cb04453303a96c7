/** Numbers, times and lists as people read them in the page's language. */

import { language, locale } from "./words.js";

/** By what they write and how: to make one takes longer than to write hundreds of numbers with it. @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {Intl.NumberFormatOptions} options */
function written(value, options) {
  const how = `${locale()} ${JSON.stringify(options)}`;
  const format = formats.get(how) ?? new Intl.NumberFormat(locale(), options);
  formats.set(how, format);
  return format.format(value);
}

/** 65 -> "1:05", 3725 -> "1:02:05". @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** 65 -> "1 minute 5 seconds", for a screen reader. @param {number} seconds */
export function spokenTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const parts = [minutes && unit(minutes, "minute"), (whole % 60 || !minutes) && unit(whole % 60, "second")];
  return parts.filter(Boolean).join(" ");
}

/** "5 minutes". @param {number} value @param {"minute" | "second"} name */
export function unit(value, name) {
  return written(value, { style: "unit", unit: name, unitDisplay: "long" });
}

/** @param {number} value @param {number} [digits]  after the point; as many as it has, unless said */
export function number(value, digits) {
  return written(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "$0.27". @param {number} usd */
export const money = (usd) => written(usd, { style: "currency", currency: "USD" });

/** "Ada and Ben". @param {string[]} names */
export const list = (names) => new Intl.ListFormat(language, { type: "conjunction" }).format(names);

/** "today", "yesterday", "12 November". @param {Date} date @param {Date} now */
export function day(date, now) {
  const midnight = (/** @type {Date} */ of) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  if (Math.abs(days) < 2) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(locale(), { day: "numeric", month: "long", year });
}

/** "412 kB", "1.2 MB". @param {number} bytes */
export function size(bytes) {
  const [value, name, digits] = bytes < 1_000_000 ? [bytes / 1000, "kilobyte", 0] : [bytes / 1_000_000, "megabyte", 1];
  return written(value, { style: "unit", unit: name, minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "Français": a language, as it calls itself. @param {string} code */
export const languageName = (code) => capitalized(new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code);

/** @param {string} words */
export const capitalized = (words) => words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
