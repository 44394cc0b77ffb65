/** What the page knows at a moment: the document as the server has it, and where the reviewer is in it. */

import { Store } from "./store.js";

/** @import {Box, FileLine, Plan, View} from "./types.js" */

/**
 * @typedef {object} Draft  a box that is being drawn or moved, and not yet in the plan
 * @property {Box} box
 * @property {string | null} track  the track it belongs to, null for a new one
 * @property {string} kind
 * @property {boolean} placed  a new box that now waits for what to do with it
 */

/**
 * @typedef {object} State
 * @property {FileLine[]} files
 * @property {number} total  files in the folder
 * @property {"starting" | "grid" | "file"} room
 * @property {Plan | null} plan
 * @property {number[]} times  seconds, one a frame
 * @property {number} frame
 * @property {string[]} selected  tracks and silences
 * @property {string | null} doubt  the doubtful place the reviewer is at
 * @property {string[]} visited  doubtful places that were shown
 * @property {View} view
 * @property {boolean} drawing
 * @property {Draft | null} draft
 * @property {boolean} playing
 * @property {number} speed
 * @property {boolean} listening  whether the sound is played with the pictures
 * @property {number | null} from  first frame of a chosen span
 * @property {number | null} to  its last frame
 * @property {"doubts" | "tracks" | "sound"} tab
 * @property {{text: string, done: number, total: number, job: string | null} | null} work  what runs now
 * @property {{text: string, next: string, frame: number | null, bad: boolean} | null} notice
 * @property {boolean} away  the server cannot be reached
 */

/** @returns {Store<State>} */
export function newState() {
  return new Store(
    /** @type {State} */ ({
      files: [],
      total: 0,
      room: "starting",
      plan: null,
      times: [],
      frame: 0,
      selected: [],
      doubt: null,
      visited: [],
      view: "through",
      drawing: false,
      draft: null,
      playing: false,
      speed: 1,
      listening: true,
      from: null,
      to: null,
      tab: "doubts",
      work: null,
      notice: null,
      away: false,
    }),
  );
}

/**
 * The frame shown at a time: the last that starts at or before it.
 * @param {number[]} times
 * @param {number} seconds
 */
export function frameAt(times, seconds) {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? Infinity) <= seconds) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/**
 * The chosen span in order, or null where only one end or none is chosen.
 * @param {Pick<State, "from" | "to">} state
 * @returns {[number, number] | null}
 */
export function chosenSpan({ from, to }) {
  if (from === null || to === null) return null;
  return from <= to ? [from, to] : [to, from];
}

/**
 * The doubtful places nobody was at or accepted yet, gravest first.
 * @param {Pick<State, "plan" | "visited">} state
 */
export function doubtsLeft({ plan, visited }) {
  const been = new Set(visited);
  return (plan?.doubts ?? []).filter((d) => !been.has(d.id) && !d.accepted);
}
