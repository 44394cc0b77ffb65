/** Where things lie on the timeline: numbers only. */

/** @import {Doubt, Range, Track} from "./types.js" */

export const LANE = 16; // units, as all widths and heights here: CSS pixels on small screens, more on large ones
export const SHORT = 0.5; // seconds: as the list of doubtful places has it
export const LOW_SCORE = 0.5;

/**
 * @typedef {object} Strip  the part of the clip that is in sight
 * @property {number} from  seconds
 * @property {number} to
 * @property {number} width
 */

/**
 * @param {Strip} strip
 * @param {number} seconds
 */
export const xAt = ({ from, to, width }, seconds) => ((seconds - from) / (to - from)) * width;

/**
 * @param {Strip} strip
 * @param {number} x
 */
export const secondsAt = ({ from, to, width }, x) => from + (x / width) * (to - from);

/**
 * Nearer or farther around a moment that stays where it is.
 * @param {Strip} strip
 * @param {number} factor  above 1 is nearer
 * @param {number} moment  seconds
 * @param {{duration: number, least: number}} limits  seconds
 * @returns {Strip}
 */
export function magnified(strip, factor, moment, { duration, least }) {
  const long = Math.min(duration, Math.max(least, (strip.to - strip.from) / factor));
  const share = (moment - strip.from) / (strip.to - strip.from);
  return slid({ ...strip, from: moment - share * long, to: moment + (1 - share) * long }, 0, duration);
}

/**
 * Later or earlier, kept inside the clip.
 * @param {Strip} strip
 * @param {number} by  seconds
 * @param {number} duration
 * @returns {Strip}
 */
export function slid(strip, by, duration) {
  const long = Math.min(duration, strip.to - strip.from);
  const from = Math.max(0, Math.min(duration - long, strip.from + by));
  return { ...strip, from, to: from + long };
}

/**
 * Lanes in order of time, each with its number.
 * @param {Track[]} tracks
 */
export function inOrder(tracks) {
  return [...tracks].sort((a, b) => a.start - b.start || a.end - b.end || a.id.localeCompare(b.id));
}

/**
 * How thick a lane is drawn: the surer, the thicker. What nobody scored is a person's word.
 * @param {number | null} score
 */
export const thickness = (score) => (score === null ? 10 : 3 + Math.round(7 * score));

/**
 * What stands out in a track.
 * @param {Track} track
 */
export const isShort = (track) => !track.drawn && track.end - track.start < SHORT;

/** @param {Track} track */
export const isLow = (track) => !track.drawn && (track.score ?? 0) < LOW_SCORE;

/**
 * The distance between two marks on the ruler that leaves room for its text.
 * @param {number} seconds  in sight
 * @param {number} width
 */
export function tickEvery(seconds, width) {
  const least = (seconds / width) * 80;
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  return steps.find((s) => s >= least) ?? 7200;
}

/**
 * The lanes of a run of rows that are in sight, and nothing more: five hundred tracks cost as much as twenty.
 * @param {number} count
 * @param {number} top  scrolled
 * @param {number} height  in sight
 * @returns {Range} first and last lane
 */
export function lanesInSight(count, top, height) {
  return [Math.max(0, Math.floor(top / LANE)), Math.min(count - 1, Math.ceil((top + height) / LANE))];
}

/**
 * The doubtful place nearest to a moment, within reach.
 * @param {Doubt[]} doubts
 * @param {number} frame
 * @param {number} reach  frames
 */
export function doubtNear(doubts, frame, reach) {
  const far = (/** @type {Doubt} */ d) => Math.max(d.first - frame, frame - d.last, 0);
  return doubts.filter((d) => far(d) <= reach).sort((a, b) => far(a) - far(b) || b.risk - a.risk)[0] ?? null;
}
