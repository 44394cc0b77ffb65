/** What a reviewer does: open, go somewhere, change, undo, follow, sign, release. All of it passes through here. */

import { Refused, api } from "./api.js";
import { doubtsLeft, frameAt } from "./state.js";
import { has, t } from "./strings.js";

/** @import {Box, Doubt, Edit, Job, Plan} from "./types.js" */
/** @import {State} from "./state.js" */
/** @import {Store} from "./store.js" */

const POLL = 250; // milliseconds between two looks at a job
const PAGE = 500; // files asked for at once
const MOMENTS = 20; // a second of a recording that has no frames

/**
 * @typedef {object} Asking  what only a person can answer
 * @property {() => Promise<string | null>} name
 * @property {(mine: Plan, theirs: Plan) => Promise<boolean>} again  whether to do it again on the other plan
 */

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

export class Session {
  /**
   * @param {Store<State>} store
   * @param {Asking} asking
   */
  constructor(store, asking) {
    this.store = store;
    this.asking = asking;
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
    /** @type {Set<string>} files in which no doubtful place is left */
    this.finished = new Set();
    /** @type {string | number} the revision of the list of files */
    this.listed = "";
  }

  /** Whether files were looked at, signed or released since the list was read. */
  async listChanged() {
    const found = await this.guarded(() => api.files(0, 1));
    return found !== null && found.revision !== this.listed;
  }

  get state() {
    return this.store.state;
  }

  /** Read the folder from its start; what is further down comes when it is scrolled to. */
  async readFolder() {
    const { files, total, revision } = await api.files(0, PAGE);
    this.listed = revision;
    this.store.set({ files, total });
  }

  /** @param {number} index  of a file that is not known yet, or may have changed */
  async readMore(index) {
    const from = Math.floor(index / PAGE) * PAGE;
    const { files, total, revision } = await api.files(from, PAGE);
    this.listed = revision;
    const all = this.state.files.slice();
    files.forEach((f, i) => (all[from + i] = f));
    this.store.set({ files: all, total });
  }

  /**
   * Open a file; looks at it first where nobody did.
   * @param {string} id
   */
  async open(id) {
    await this.guarded(async () => {
      let found = await api.document(id);
      while ("job" in found) {
        if (!(await this.watch(found.job, t("work_looking")))) return;
        found = await api.document(id);
      }
      const times = found.kind === "sound" ? momentsOf(found.duration) : (await api.times(id)).times;
      const nothing = { selected: [], doubt: null, drawing: false, draft: null, playing: false, from: null, to: null };
      this.store.set({ ...nothing, plan: placed(found, times), times, frame: 0, visited: found.seen.visited, notice: null });
      this.store.set({ room: "file", tab: found.doubts.length > 0 || !found.sound ? "doubts" : this.state.tab });
    });
  }

  async toGrid() {
    if (this.state.total < 2) return;
    this.store.set({ room: "grid", playing: false });
    await this.guarded(() => this.readFolder());
  }

  /**
   * Show a frame.
   * @param {number} frame
   */
  go(frame) {
    const last = Math.max(0, this.state.times.length - 1);
    const wanted = Math.min(last, Math.max(0, Math.round(frame)));
    if (wanted !== this.state.frame) this.store.set({ frame: wanted });
  }

  /** @param {number} seconds  from here */
  skip(seconds) {
    const { times, frame } = this.state;
    this.go(frameAt(times, (times[frame] ?? 0) + seconds));
  }

  /**
   * To the next (1) or previous (-1) doubtful place: by risk, those nobody was at first, then the next file's.
   * @param {1 | -1} way
   */
  async toDoubt(way) {
    const { plan, doubt } = this.state;
    if (!plan) return;
    const all = plan.doubts;
    const here = all.findIndex((d) => d.id === doubt);
    const turned = [...all.slice(here + 1), ...all.slice(0, here + 1)];
    const left = new Set(doubtsLeft(this.state).map((d) => d.id));
    const next = way === 1 ? turned.find((d) => left.has(d.id)) : all[(here < 0 ? 0 : here) - 1] ?? all.at(-1);
    if (next) return this.showDoubt(next);
    this.finished.add(plan.id);
    if (way === 1 && this.state.total > 1) await this.#toNextFile(plan.id);
  }

  /** @param {string} from */
  async #toNextFile(from) {
    await this.guarded(async () => {
      const { files } = await api.files(0, PAGE);
      const next = files.find((f) => f.id !== from && f.doubts > 0 && !this.finished.has(f.id) && isOpen(f.state));
      if (!next) return this.say(t("folder_no_doubts"), "");
      await this.open(next.id);
      await this.toDoubt(1);
    });
  }

  /** @param {Doubt} doubt */
  showDoubt(doubt) {
    const visited = this.state.visited.includes(doubt.id) ? this.state.visited : [...this.state.visited, doubt.id];
    const view = this.state.view === "released" ? "through" : this.state.view;
    const selected = doubt.track ? [doubt.track] : [];
    this.store.set({ doubt: doubt.id, visited, selected, view, playing: false, draft: null, drawing: false });
    this.go(Math.floor((doubt.first + doubt.last) / 2));
  }

  /**
   * Change the plan. Resolves to the new one, or to null where it was refused or not wanted after all.
   * @param {Edit} edit
   * @returns {Promise<Plan | null>}
   */
  change(edit) {
    return this.#inTurn((plan) => api.edit(plan.id, plan.revision, edit));
  }

  undo() {
    this.store.set({ notice: null });
    return this.state.plan?.can_undo ? this.#inTurn((plan) => api.undo(plan.id, plan.revision)) : null;
  }

  redo() {
    return this.state.plan?.can_redo ? this.#inTurn((plan) => api.redo(plan.id, plan.revision)) : null;
  }

  sign() {
    return this.#inTurn((plan) => api.sign(plan.id, plan.revision));
  }

  /**
   * Follow a box forwards and backwards from a frame.
   * @param {number} frame
   * @param {Box} box
   * @param {string} kind
   */
  async follow(frame, box, kind) {
    const before = new Set(this.state.plan?.tracks.map((track) => track.id));
    const after = await this.#inTurn(async (plan) => {
      const { job } = await api.follow(plan.id, { revision: plan.revision, frame, box, kind });
      return (await this.watch(job, t("work_following")))?.document ?? null;
    });
    const made = after?.tracks.filter((track) => !before.has(track.id)).map((track) => track.id);
    if (made?.length) this.store.set({ selected: made });
    return after;
  }

  /** Apply, audit, record. A failure leads back to its frame, or to what the second detector saw. */
  async release() {
    const before = new Set(this.state.plan?.doubts.map((d) => d.id));
    const after = await this.#inTurn(async (plan) => {
      const { job } = await api.release(plan.id, plan.revision);
      return (await this.watch(job, t("work_releasing")))?.document ?? (await this.#anew(plan.id));
    });
    const seen = after?.doubts.find((d) => d.reason === "second_look" && !before.has(d.id));
    if (seen) this.showDoubt(seen);
    return after;
  }

  /**
   * One thing for many files.
   * @param {string[]} files
   * @param {"cover" | "sign" | "release"} what
   */
  async batch(files, what) {
    const done = await this.#named(async () => this.watch((await api.batch(files, what)).job, t(`work_batch_${what}`)));
    const failed = done?.failures ?? [];
    if (done) this.say(t("batch_done", { n: files.length - failed.length }), failed[0]?.error ?? "", failed.length > 0);
    await this.guarded(() => this.readFolder());
  }

  /**
   * Changes one after the other, each on the plan that the one before it left.
   * @param {(plan: Plan) => Promise<Plan | null>} send
   * @returns {Promise<Plan | null>}
   */
  #inTurn(send) {
    const turn = this.last.then(() => this.#attempt(send));
    this.last = turn;
    return turn;
  }

  /** @param {(plan: Plan) => Promise<Plan | null>} send */
  async #attempt(send) {
    return this.#named(async () => {
      for (;;) {
        const plan = this.state.plan;
        if (!plan) return null;
        try {
          return this.adopt(await send(plan));
        } catch (error) {
          if (!(error instanceof Refused) || error.status !== 409 || !error.document) throw error;
          const again = await this.asking.again(plan, error.document);
          this.adopt(error.document);
          if (!again) return null;
        }
      }
    });
  }

  /**
   * Do something that needs to know who does it; asks for the name once.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T | null>}
   */
  async #named(act) {
    return this.guarded(async () => {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 403 || this.state.plan?.who) throw error;
      }
      const name = await this.asking.name();
      if (!name) return null;
      await api.who(name);
      if (this.state.plan) this.store.set({ plan: { ...this.state.plan, who: name } });
      return act();
    });
  }

  /**
   * The plan as the server has it now. Decisions the reviewer just took need no second look.
   * @param {Plan | null} found
   */
  adopt(found) {
    if (!found) return null;
    const plan = placed(found, this.state.times);
    const before = this.state.plan;
    const ids = new Set([...plan.tracks, ...plan.silences].map((each) => each.id));
    const own = plan.doubts.filter((d) => (d.reason === "kept" || d.reason === "audible") && before
      && !before.doubts.some((b) => b.id === d.id) && d.track !== null && this.state.selected.includes(d.track));
    const visited = [...new Set([...this.state.visited, ...plan.seen.visited, ...own.map((d) => d.id)])];
    this.store.set({ plan, visited, selected: this.state.selected.filter((id) => ids.has(id)) });
    return plan;
  }

  /**
   * Wait for a job and show how far it is. Null where it failed.
   * @param {string} job
   * @param {string} text
   * @returns {Promise<Job | null>}
   */
  async watch(job, text) {
    this.store.set({ work: { text, done: 0, total: 0, job }, notice: null });
    try {
      for (;;) {
        const found = await api.job(job);
        if (found.state === "failed") {
          const frame = found.frame ?? null;
          this.adopt(found.document ?? null);
          if (frame !== null) this.go(frame);
          if (found.track) this.store.set({ selected: [found.track], doubt: null, view: "through", playing: false });
          this.store.set({ notice: { text: found.error ?? "", next: found.next_step ?? "", frame, bad: true } });
          return null;
        }
        if (found.state === "done") return found;
        const step = has(`step_${found.step}`) ? `${text}: ${t(`step_${found.step}`)}` : text;
        this.store.set({ work: { text: step, done: found.done, total: found.total ?? 0, job } });
        await wait(POLL);
      }
    } finally {
      this.store.set({ work: null });
    }
  }

  async stopWork() {
    const job = this.state.work?.job;
    if (job) await this.guarded(() => api.stop(job));
  }

  /** @param {string} id */
  async #anew(id) {
    const found = await api.document(id);
    return "job" in found ? null : found;
  }

  /**
   * @param {string} text
   * @param {string} next
   * @param {boolean} [bad]
   */
  say(text, next, bad = false) {
    this.store.set({ notice: { text, next, frame: null, bad } });
  }

  /**
   * Anything refused is said, and nothing else happens.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T | null>}
   */
  async guarded(act) {
    try {
      const done = await act();
      if (this.state.away) this.store.set({ away: false });
      return done;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 0) this.store.set({ away: true });
      else this.say(error.message, error.nextStep, true);
      return null;
    }
  }
}

/**
 * Moments of a recording without a picture, so that one can go through it as through frames.
 * @param {number} duration  seconds
 */
const momentsOf = (duration) => Array.from({ length: Math.max(2, Math.ceil(duration * MOMENTS)) }, (_, n) => n / MOMENTS);

/**
 * A plan whose doubtful places have frames also where there are only moments, and sound only where some is left.
 * @param {Plan} plan
 * @param {number[]} times
 * @returns {Plan}
 */
function placed(plan, times) {
  const sound = plan.sound && (plan.kind === "sound" || !plan.silenced);
  const audible = plan.audible ?? plan.sound;
  if (plan.kind !== "sound") return { ...plan, sound, audible };
  const doubts = plan.doubts.map((d) => ({ ...d, first: frameAt(times, d.start ?? 0), last: frameAt(times, d.end ?? 0) }));
  return { ...plan, sound, audible, doubts };
}

/** @param {string} state  of a file */
const isOpen = (state) => !["signed", "released"].includes(state);
