/** Playing: every frame is shown, at its own time; where one is late, time waits for it. */

import { frameAt } from "./state.js";

/** @import {Session} from "./session.js" */

const AHEAD = 12; // frames asked for before they are due
const SCREEN = 50; // pictures a second that any screen shows: above that, frames are left out
const WORTH = 12; // frames already seen that are played again rather than jumped over

/**
 * The frames to ask for at a moment, the one that is shown first.
 * @param {number} frame
 * @param {number} count  frames in the clip
 * @param {boolean} playing
 * @param {number} stride  frames between two that are shown
 */
export function framesAhead(frame, count, playing, stride) {
  const steps = playing ? Array.from({ length: AHEAD + 1 }, (_, i) => i * stride) : [0, 1, 2, 3];
  return [...new Set(steps.map((by) => Math.min(count - 1, frame + by)))].filter((n) => n >= 0);
}

/**
 * The frame that is due.
 * @param {number[]} times
 * @param {number} frame  the one that is shown
 * @param {number} seconds  where the clip is
 * @param {number} stride
 */
export function dueFrame(times, frame, seconds, stride) {
  const due = frameAt(times, seconds + 1e-6);
  if (due <= frame) return frame;
  return Math.min(times.length - 1, frame + stride);
}

/**
 * Frames from one that is shown to the next: every one, as long as a screen can show them.
 * @param {number} speed
 * @param {number} rate  frames a second
 */
export const strideOf = (speed, rate) => Math.max(1, Math.round((speed * rate) / SCREEN));

/**
 * The frame to show where `due` is due and `next` is the next that nobody saw: a short stretch that was seen is played
 * again, a long one is jumped over, and frames that were left out at a high speed are shown the second time.
 * @param {number} due
 * @param {number} next
 * @param {number} stride
 */
export const onTheWay = (due, next, stride) => (stride === 1 && next >= due && next - due < WORTH ? due : next);

export class Playback {
  /**
   * @param {Session} session
   * @param {{ready: (frame: number) => boolean, nextUnseen: (from: number) => number | null, heard: (seconds: number) => void}} knows
   */
  constructor(session, { ready, nextUnseen, heard }) {
    this.session = session;
    this.heard = heard;
    this.ready = ready;
    this.nextUnseen = nextUnseen;
    this.skipping = false;
    this.seconds = 0;
    this.before = 0;
    /** @type {number | null} */
    this.until = null;
    session.store.on(["playing"], ({ playing }) => playing && this.#start());
  }

  get stride() {
    return strideOf(this.session.state.speed, this.session.state.plan?.rate || 25);
  }

  toggle() {
    const { playing, frame, times } = this.session.state;
    this.until = null;
    this.skipping = false;
    if (!playing && frame >= times.length - 1) this.session.go(0);
    this.session.store.set({ playing: !playing && times.length > 1 });
  }

  /**
   * Play from one frame to another and stop there.
   * @param {number} first
   * @param {number} last
   */
  stretch(first, last) {
    this.session.store.set({ playing: false });
    this.session.go(first);
    this.until = last;
    this.skipping = false;
    this.session.store.set({ playing: true });
  }

  /** Play what was not on the stage yet, wherever it is. */
  watch() {
    const first = this.nextUnseen(this.session.state.frame) ?? this.nextUnseen(0);
    if (first === null) return this.toggle();
    this.until = null;
    this.skipping = true;
    this.session.go(first);
    this.session.store.set({ playing: true });
  }

  /** Over what was seen, to what was not; back to the start where something was left behind. @param {number} due */
  #over(due) {
    if (!this.skipping) return due;
    const next = this.nextUnseen(due) ?? this.nextUnseen(0);
    if (next === null) this.session.store.set({ playing: false });
    return next === null ? due : onTheWay(due, next, this.stride);
  }

  #start() {
    const { times, frame } = this.session.state;
    this.seconds = times[frame] ?? 0;
    this.before = performance.now();
    requestAnimationFrame(() => this.#tick());
  }

  #tick() {
    const { playing, times, frame, speed } = this.session.state;
    if (!playing) return;
    const now = performance.now();
    const here = times[frame] ?? 0;
    this.seconds += ((now - this.before) / 1000) * speed;
    this.before = now;
    const elsewhere = Math.abs(this.seconds - here) > 2 * speed; // somebody went there, or the tab was hidden
    if (elsewhere || !this.ready(frame)) this.seconds = here;
    else this.#advance(dueFrame(times, frame, this.seconds, this.stride));
    this.heard(this.seconds);
    if (this.#ended()) this.session.store.set({ playing: false });
    else requestAnimationFrame(() => this.#tick());
  }

  /** @param {number} next  the frame that is due */
  #advance(next) {
    const { times, frame } = this.session.state;
    const atEnd = frame >= times.length - 1;
    if (next === frame && !(atEnd && this.skipping)) return;
    const due = this.#over(next);
    if (due === next && !this.ready(due)) this.seconds = Math.min(this.seconds, times[due] ?? 0);
    else this.session.go(due);
    if (due !== next) this.seconds = times[due] ?? 0;
  }

  #ended() {
    const { times, frame } = this.session.state;
    if (this.until !== null && frame >= this.until) return true;
    return frame >= times.length - 1 && !(this.skipping && this.nextUnseen(0) !== null);
  }
}
