/** What to do next, at every moment: one sentence, and the one command it leads to. */

import { doubtsLeft } from "./state.js";

/** @import {State} from "./state.js" */

/**
 * @typedef {object} Advice
 * @property {string} key  of the strings
 * @property {Record<string, string | number>} [values]
 * @property {string | null} command
 * @property {"calm" | "warn" | "bad" | "good"} tone
 */

const ALMOST_ALL = 0.995; // of the frames: the last ones of a clip may never be painted

/**
 * @param {State} state
 * @returns {Advice}
 */
export function advise(state) {
  return whileDrawing(state) ?? whereDoubtful(state) ?? toFinish(state);
}

/**
 * @param {State} state
 * @returns {Advice | null}
 */
function whileDrawing({ draft, drawing, times }) {
  if (draft?.track) return { key: "advice_edit", command: "confirm", tone: "calm" };
  if (draft?.placed) return { key: times.length > 1 ? "advice_placed" : "advice_placed_photo", command: "confirm", tone: "calm" };
  if (draft) return { key: "advice_box", command: "confirm", tone: "calm" };
  return drawing ? { key: "advice_draw", command: null, tone: "calm" } : null;
}

/**
 * @param {State} state
 * @returns {Advice | null}
 */
function whereDoubtful(state) {
  const left = doubtsLeft(state).length;
  const here = state.plan?.doubts.find((d) => d.id === state.doubt);
  if (here && left > 0) return { key: "advice_here", values: { n: left }, command: "next_doubt", tone: "warn" };
  if (left > 0) return { key: "advice_doubts", values: { n: left }, command: "next_doubt", tone: "warn" };
  return null;
}

/**
 * @param {State} state
 * @returns {Advice}
 */
function toFinish({ plan, total, times, playing }) {
  const more = total > 1;
  if (!plan) return { key: "advice_open", command: null, tone: "calm" };
  if (plan.released) return { key: more ? "advice_released_more" : "advice_released", values: { file: plan.released.file }, command: more ? "next_doubt" : null, tone: "good" };
  if (playing) return { key: "advice_playing", values: { share: percent(plan.seen.share) }, command: "play", tone: "calm" };
  if (times.length > 1 && plan.seen.share < ALMOST_ALL) {
    return { key: "advice_play", values: { share: percent(plan.seen.share) }, command: "watch", tone: "calm" };
  }
  if (plan.review && !plan.review.stale) return { key: "advice_signed", values: { who: plan.review.by }, command: "sign", tone: "calm" };
  if (plan.missing.length > 0) return { key: "advice_missing", values: { n: plan.missing.length }, command: "sign", tone: "warn" };
  return { key: "advice_sign", command: "sign", tone: "calm" };
}

/** @param {number} share */
const percent = (share) => `${Math.floor(share * 100)} %`;
