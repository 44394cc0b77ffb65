/** The sound in step with the pictures: short pieces, asked for shortly before they are due, silent where they will be. */

import { api } from "./api.js";

/** @import {Session} from "./session.js" */

export const PIECE = 4; // seconds: as the server cuts them
const SLACK = 0.12; // seconds that sound and pictures may be apart before the sound begins anew
const SOON = 1.5; // seconds before its time at which a piece is handed on
const MOST = 8; // pieces kept

export class Sound {
  /**
   * @param {Session} session
   * @param {() => AudioContext} makeContext
   */
  constructor(session, makeContext) {
    this.session = session;
    this.makeContext = makeContext;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Map<string, AudioBuffer | null>} null while it is on its way */
    this.pieces = new Map();
    /** @type {AudioBufferSourceNode[]} */
    this.playing = [];
    this.began = 0;
    this.from = 0;
    this.next = 0;
    this.file = "";
    session.store.on(["plan"], ({ plan }) => this.#use(plan?.id ?? ""));
    session.store.on(["playing", "view", "listening", "speed"], () => this.stop());
  }

  /**
   * Another plan: what is silenced may be something else.
   * @param {string} file
   */
  #use(file) {
    for (const key of this.pieces.keys()) if (file !== this.file || key.startsWith("true")) this.pieces.delete(key);
    this.file = file;
    this.stop();
  }

  /** Whether covers are shown, and what is silenced is silent with them. */
  get covered() {
    return this.session.state.view !== "through";
  }

  /**
   * The pictures are at this moment, and play.
   * @param {number} seconds
   */
  follow(seconds) {
    const { plan, speed, playing, listening } = this.session.state;
    if (!playing || !listening || speed !== 1 || !plan?.audible || (this.covered && plan.silenced)) return this.stop();
    const context = (this.context ??= this.makeContext());
    if (context.state === "suspended") void context.resume();
    const now = context.currentTime - this.began + this.from;
    if (this.playing.length > 0 && Math.abs(now - seconds) > SLACK) this.stop();
    if (this.playing.length === 0) this.#begin(context, Math.max(0, seconds));
    else if (this.next * PIECE - now < SOON) this.#hand(context, this.began + this.next * PIECE - this.from, 0);
  }

  /** @param {AudioContext} context @param {number} seconds */
  #begin(context, seconds) {
    this.next = Math.floor(seconds / PIECE);
    this.from = seconds;
    this.began = context.currentTime;
    this.#hand(context, this.began, seconds - this.next * PIECE);
  }

  /**
   * Have the next piece played at a time of the context, if it is here.
   * @param {AudioContext} context
   * @param {number} when
   * @param {number} offset  seconds of the piece that are over
   */
  #hand(context, when, offset) {
    const piece = this.#have(context, this.next);
    this.#have(context, this.next + 1);
    if (!piece || when < context.currentTime - SLACK) return;
    const source = context.createBufferSource();
    source.buffer = piece;
    source.connect(context.destination);
    source.start(when, offset);
    source.onended = () => (this.playing = this.playing.filter((each) => each !== source));
    this.playing.push(source);
    this.next += 1;
  }

  /** @param {AudioContext} context @param {number} n @returns {AudioBuffer | null} */
  #have(context, n) {
    const key = `${this.covered}/${n}`;
    const found = this.pieces.get(key);
    if (found === undefined) void this.#ask(context, key, n);
    return found ?? null;
  }

  /** @param {AudioContext} context @param {string} key @param {number} n */
  async #ask(context, key, n) {
    const { plan } = this.session.state;
    if (!plan) return;
    this.pieces.set(key, null);
    const oldest = this.pieces.keys().next().value;
    if (this.pieces.size > MOST && oldest !== undefined) this.pieces.delete(oldest);
    try {
      const piece = await context.decodeAudioData(await api.sound(plan.id, n, this.covered));
      const now = this.session.state.plan;
      if (now?.id !== plan.id) return;
      if (now.revision === plan.revision || key.startsWith("false")) this.pieces.set(key, piece);
      else this.pieces.delete(key);
    } catch {
      setTimeout(() => this.pieces.delete(key), 2000); // without sound the pictures go on; asked for again later
    }
  }

  stop() {
    for (const source of this.playing) source.stop();
    this.playing = [];
  }
}
