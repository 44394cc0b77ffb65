/** Where every track is in each frame, asked for in runs of frames and kept until the plan changes. */

import { api } from "./api.js";

/** @import {Outline, Plan} from "./types.js" */

const RUN = 128; // frames; the server gives at most 256 at once
const MOST_RUNS = 40;

export class Outlines {
  /** @param {() => void} arrived */
  constructor(arrived) {
    this.arrived = arrived;
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {Map<number, Map<number, Outline[]>>} */
    this.runs = new Map();
    /** @type {Map<number, Map<number, Outline[]>>} those of the plan as it was, shown until the new ones are here */
    this.before = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
  }

  /** @param {Plan | null} plan */
  use(plan) {
    if (sameTracks(plan, this.plan)) return;
    if (plan?.id !== this.plan?.id) this.before = new Map();
    else if (this.runs.size > 0) this.before = this.runs;
    this.plan = plan;
    this.runs = new Map();
    this.asked.clear();
  }

  /**
   * The outlines in a frame, and a look at the run after it. None yet where they are still on their way.
   * @param {number} n
   * @returns {Outline[]}
   */
  at(n) {
    const run = Math.floor(n / RUN);
    this.#ask(run);
    if (n % RUN > RUN - 40) this.#ask(run + 1);
    return (this.runs.get(run) ?? this.before.get(run))?.get(n) ?? [];
  }

  /** @param {number} run */
  async #ask(run) {
    const plan = this.plan;
    const first = run * RUN;
    if (!plan || this.asked.has(run) || first >= plan.frames) return;
    this.asked.add(run);
    try {
      const { frames } = await api.outlines(plan.id, first, Math.min(plan.frames - 1, first + RUN - 1));
      if (!sameTracks(this.plan, plan)) return;
      this.runs.set(run, new Map(frames.map((f) => [f.n, f.outlines])));
      const oldest = this.runs.keys().next().value;
      if (this.runs.size > MOST_RUNS && oldest !== undefined) {
        this.runs.delete(oldest);
        this.asked.delete(oldest);
      }
      this.arrived();
    } catch {
      if (sameTracks(this.plan, plan)) setTimeout(() => this.asked.delete(run), 2000);
    }
  }
}

/**
 * @param {Plan | null} a
 * @param {Plan | null} b
 */
const sameTracks = (a, b) => a?.id === b?.id && a?.revision === b?.revision;
