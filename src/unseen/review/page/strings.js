/** Every sentence of the page, in the reader's language: `en.json`, `zh.json`, `es.json`. */

/** @typedef {Record<string, string | Record<string, string>>} Sentences */

const LANGUAGES = ["en", "es", "zh"];

/** @type {Sentences} */
let sentences = {};
let plurals = new Intl.PluralRules("en");
export let language = "en";

/**
 * The first language of the reader's that the page has, else English.
 * @param {readonly string[]} wanted
 */
export function chooseLanguage(wanted) {
  return wanted.map((w) => w.toLowerCase().split("-")[0] ?? "").find((w) => LANGUAGES.includes(w)) ?? "en";
}

/**
 * @param {string} chosen
 * @param {Sentences} read
 */
export function useSentences(chosen, read) {
  language = chosen;
  sentences = read;
  plurals = new Intl.PluralRules(chosen);
}

/** @param {string} chosen */
export async function loadSentences(chosen) {
  const answer = await fetch(`/page/${chosen}.json`);
  useSentences(chosen, await answer.json());
}

/** @param {string} key */
export const has = (key) => key in sentences;

/**
 * The sentence for a key. `{name}` becomes the value given; with several forms, `n` chooses between them.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const found = sentences[key];
  const form = typeof found === "object" ? (found[plurals.select(Number(values["n"] ?? 0))] ?? found["other"]) : found;
  return (form ?? key).replaceAll(/\{(\w+)\}/g, (all, name) => {
    const value = values[name];
    return value === undefined ? all : typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

/**
 * What to call a sort of thing.
 * @param {string} kind
 */
export const kindName = (kind) => (has(`kind_${kind}`) ? t(`kind_${kind}`) : kind);

/**
 * A track's name for people: its sort and its number.
 * @param {{id: string, kind?: string}} track
 */
export function trackName(track) {
  const number = track.id.match(/(\d+)$/)?.[1];
  return track.kind && number ? `${kindName(track.kind)} ${number}` : track.id;
}

/**
 * A time as people read it: 0:03.2, 12:03.2 or 1:02:03.2.
 * @param {number} seconds
 * @param {number} [digits]
 */
export function clock(seconds, digits = 1) {
  const whole = Math.max(0, seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const factor = 10 ** digits;
  const rest = (Math.floor((whole % 60) * factor + 1e-6) / factor).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
