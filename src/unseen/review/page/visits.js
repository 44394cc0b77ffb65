/** Telling the server what was really shown: frames on the stage and doubtful places, every few seconds. */

import { api } from "./api.js";

/** @import {Session} from "./session.js" */

const EVERY = 3000; // milliseconds

export class Visits {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Set<number>} */
    this.shown = new Set();
    /** @type {Set<number>} all frames of this file that were shown since it was opened */
    this.ever = new Set();
    /** @type {Set<string>} */
    this.told = new Set();
    this.file = "";
    setInterval(() => this.tell(), EVERY);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.tell());
    session.store.on(["plan"], ({ plan }) => plan && this.#turnTo(plan.id));
    session.store.on(["visited"], () => this.tell());
    session.store.on(["playing"], ({ playing }) => !playing && this.tell());
  }

  /**
   * A frame's own picture is on the stage.
   * @param {number} frame
   */
  saw(frame) {
    if (document.visibilityState !== "visible" || this.ever.has(frame)) return;
    this.shown.add(frame);
    this.ever.add(frame);
  }

  /**
   * The first frame from one on that was not shown since the file was opened.
   * @param {number} from
   */
  nextUnseen(from) {
    const all = this.session.state.times.length;
    for (let n = from; n < all; n++) if (!this.ever.has(n)) return n;
    return null;
  }

  /** @param {string} id */
  #turnTo(id) {
    if (id === this.file) return;
    const [file, shown] = [this.file, [...this.shown]];
    if (file && shown.length > 0) void this.session.guarded(() => api.seen(file, shown, []));
    this.shown.clear();
    this.ever.clear();
    this.file = id;
    this.told.clear();
  }

  /** Tell what is new since the last time. */
  async tell() {
    const id = this.file;
    const shown = [...this.shown];
    const known = new Set(this.session.state.plan?.seen.visited);
    const doubts = this.session.state.visited.filter((d) => !this.told.has(d) && !known.has(d));
    if (this.session.state.plan?.id !== id || (shown.length === 0 && doubts.length === 0)) return;
    this.shown.clear();
    doubts.forEach((d) => this.told.add(d));
    const answer = await this.session.guarded(() => api.seen(id, shown, doubts));
    const plan = this.session.state.plan;
    if (answer?.seen && plan?.id === id) this.session.store.set({ plan: { ...plan, seen: answer.seen } });
  }
}
