/**
 * Pictures of frames, asked for shortly before they are needed and kept for a short while, newest kept longest.
 *
 * What is wanted now goes before what may be wanted next; what nobody wants any more is not asked for.
 */

import { api } from "./api.js";

/** @import {Plan} from "./types.js" */

/**
 * @typedef {object} Wanted
 * @property {number} n
 * @property {number} width  pixels across
 * @property {boolean} covered
 */

const AT_ONCE = 3;
const MOST_BYTES = 320_000_000; // decoded: about 60 pictures of 1280 by 720, or 9 of 3840 by 2160
const SIZES = [160, 320, 640, 960, 1280, 1920, 2560, 3840]; // the longest sides the server makes

/**
 * The width to ask for: enough for the screen, never more than the frame has.
 * @param {number} scale  device pixels a picture pixel
 * @param {{width: number, height: number}} picture
 */
export function askedWidth(scale, picture) {
  const longest = Math.max(picture.width, picture.height);
  const size = SIZES.find((s) => s >= longest * scale - 1) ?? 3840;
  return Math.max(1, Math.round(picture.width * Math.min(1, size / longest)));
}

export class Frames {
  /** @param {() => void} arrived  called whenever another picture is there */
  constructor(arrived) {
    this.arrived = arrived;
    /** @type {Map<string, ImageBitmap>} */
    this.kept = new Map();
    /** @type {Map<string, AbortController>} */
    this.asked = new Map();
    /** @type {{key: string, wanted: Wanted}[]} */
    this.queue = [];
    /** @type {Plan | null} */
    this.plan = null;
    this.bytes = 0;
    /** @type {Set<string>} */
    this.refused = new Set();
  }

  /**
   * Show frames of this plan from now on. Those without covers stay good when decisions change.
   * @param {Plan | null} plan
   */
  use(plan) {
    if (plan?.id !== this.plan?.id) this.#forget();
    this.plan = plan;
    this.refused.clear();
  }

  /** @param {Wanted} wanted */
  #key({ n, width, covered }) {
    return `${n}/${width}/${covered ? this.plan?.revision : "bare"}`;
  }

  /**
   * The picture, if it is here.
   * @param {Wanted} wanted
   */
  have(wanted) {
    const key = this.#key(wanted);
    const found = this.kept.get(key);
    if (found) {
      this.kept.delete(key);
      this.kept.set(key, found);
    }
    return found ?? null;
  }

  /**
   * Ask for these, the first first, and for nothing else that is still waiting.
   * @param {Wanted[]} wanted
   */
  want(wanted) {
    const fresh = wanted.map((w) => ({ key: this.#key(w), wanted: w }));
    this.queue = fresh.filter(({ key }) => !this.kept.has(key) && !this.asked.has(key) && !this.refused.has(key));
    const still = new Set(fresh.map(({ key }) => key));
    for (const [key, control] of this.asked) if (!still.has(key)) control.abort();
    this.#next();
  }

  #next() {
    while (this.asked.size < AT_ONCE && this.plan) {
      const first = this.queue.shift();
      if (!first) return;
      this.#fetch(first.key, first.wanted, this.plan.id);
    }
  }

  /**
   * @param {string} key
   * @param {Wanted} wanted
   * @param {string} id
   */
  async #fetch(key, { n, width, covered }, id) {
    const control = new AbortController();
    this.asked.set(key, control);
    try {
      const picture = await createImageBitmap(await api.frame(id, n, width, covered, control.signal));
      if (this.plan?.id === id) this.#keep(key, picture);
    } catch {
      if (!control.signal.aborted) this.refused.add(key); // asked again when the plan changes or is opened anew
    } finally {
      this.asked.delete(key);
      this.arrived();
      this.#next();
    }
  }

  /**
   * @param {string} key
   * @param {ImageBitmap} picture
   */
  #keep(key, picture) {
    this.kept.set(key, picture);
    this.bytes += picture.width * picture.height * 4;
    for (const [old, aged] of this.kept) {
      if (this.bytes <= MOST_BYTES || old === key) break;
      this.bytes -= aged.width * aged.height * 4;
      aged.close();
      this.kept.delete(old);
    }
  }

  #forget() {
    for (const control of this.asked.values()) control.abort();
    for (const picture of this.kept.values()) picture.close();
    this.kept.clear();
    this.queue = [];
    this.bytes = 0;
  }
}
