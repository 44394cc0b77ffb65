/** The timeline: ruler, doubtful places, sound, and a lane for each track. Only what is in sight is drawn. */

import { LANE, doubtNear, inOrder, lanesInSight, magnified, secondsAt, slid, xAt } from "./lanes.js";
import { paintDoubts, paintLane, paintLaneName, paintRuler, paintSilence, paintSound, paintSpan } from "./lane_paint.js";
import { rem } from "./el.js";
import { palette } from "./palette.js";
import { chosenSpan, frameAt } from "./state.js";
import { clock, t } from "./strings.js";

/** @import {Plan, Track} from "./types.js" */
/** @import {Strip} from "./lanes.js" */
/** @import {Session} from "./session.js" */

const TEXT = 14; // CSS pixels of a rem at which a unit is one CSS pixel: all measures here are in units
const GUTTER = 104; // for the lanes' names
const RULER = 22;
const DOUBTS = 14;
const SOUND = 34;

export class Timeline {
  /**
   * @param {{scroller: HTMLElement, canvas: HTMLCanvasElement, tall: HTMLElement}} parts
   * @param {Session} session
   */
  constructor({ scroller, canvas, tall }, session) {
    this.scroller = scroller;
    this.canvas = canvas;
    this.tall = tall;
    this.session = session;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Strip} */
    this.strip = { from: 0, to: 1, width: 1 };
    /** @type {Track[]} */
    this.lanes = [];
    /** @type {number[]} */
    this.peaks = [];
    this.file = "";
    this.waiting = 0;
    this.marking = false;
    new ResizeObserver(() => this.#resize()).observe(scroller);
    scroller.addEventListener("scroll", () => this.refresh());
    scroller.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => event.buttons & 1 && this.#drag(event));
    canvas.addEventListener("pointerup", () => (this.marking = false));
    session.store.on(["plan"], ({ plan }) => this.#use(plan));
    session.store.on(["frame", "times"], () => this.#follow());
    session.store.on(["selected"], () => this.#reveal());
    session.store.on(["from", "to", "visited", "doubt"], () => this.refresh());
  }

  get duration() {
    const { plan, times } = this.session.state;
    return Math.max(plan?.duration ?? 0, times.at(-1) ?? 0, 0.04);
  }

  /** CSS pixels of a unit. */
  get unit() {
    return rem() / TEXT;
  }

  /** Units scrolled down. */
  get top() {
    return this.scroller.scrollTop / this.unit;
  }

  get head() {
    const { plan } = this.session.state;
    return RULER + DOUBTS + (plan?.sound || plan?.silenced ? SOUND : 0);
  }

  /** @param {Plan | null} plan */
  #use(plan) {
    this.lanes = inOrder(plan?.tracks ?? []);
    this.tall.style.height = `${(this.head + this.lanes.length * LANE + 6) * this.unit}px`;
    if (plan && plan.id !== this.file) {
      this.file = plan.id;
      this.peaks = [];
      this.strip = { ...this.strip, from: 0, to: this.duration };
      this.scroller.scrollTop = 0;
    }
    this.refresh();
  }

  /** @param {number[]} peaks  of the whole sound */
  showSound(peaks) {
    this.peaks = peaks;
    this.refresh();
  }

  #resize() {
    const dpr = window.devicePixelRatio || 1;
    const width = this.scroller.clientWidth;
    const height = this.scroller.clientHeight;
    this.canvas.width = Math.max(1, Math.round(width * dpr));
    this.canvas.height = Math.max(1, Math.round(height * dpr));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.strip = { ...this.strip, width: Math.max(50, width / this.unit - GUTTER - 12) };
    this.#draw();
  }

  /** Keep the moment in sight. */
  #follow() {
    const { times, frame, plan } = this.session.state;
    const now = times[frame] ?? 0;
    if (this.strip.to - this.strip.from > this.duration) this.strip = { ...this.strip, from: 0, to: this.duration };
    const long = this.strip.to - this.strip.from;
    if (now < this.strip.from || now > this.strip.to) {
      this.strip = slid(this.strip, now - this.strip.from - long * 0.2, this.duration);
    }
    this.canvas.setAttribute("aria-valuemax", String(Math.max(0, times.length - 1)));
    this.canvas.setAttribute("aria-valuenow", String(frame));
    const said = { n: frame + 1, all: times.length, time: clock(now, 2) };
    if (plan) this.canvas.setAttribute("aria-valuetext", t("frame_of", said));
    this.refresh();
  }

  /** Scroll to the lane of what is selected. */
  #reveal() {
    const row = this.lanes.findIndex((track) => this.session.state.selected.includes(track.id));
    const room = this.scroller.clientHeight / this.unit - this.head;
    if (row >= 0 && (row * LANE < this.top || (row + 1) * LANE > this.top + room)) {
      this.scroller.scrollTop = (row * LANE - room / 2) * this.unit;
    }
    this.refresh();
  }

  /** @param {number} factor */
  magnify(factor) {
    const { times, frame } = this.session.state;
    this.strip = magnified(this.strip, factor, times[frame] ?? 0, { duration: this.duration, least: 0.5 });
    this.refresh();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const x = (event.clientX - this.canvas.getBoundingClientRect().left) / this.unit - GUTTER;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const limits = { duration: this.duration, least: 0.5 };
      this.strip = magnified(this.strip, Math.exp(-event.deltaY * 0.004), secondsAt(this.strip, x), limits);
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      const pixels = (event.deltaX || event.deltaY) / this.unit;
      this.strip = slid(this.strip, (pixels / this.strip.width) * (this.strip.to - this.strip.from), this.duration);
    }
    this.refresh();
  }

  /** @param {PointerEvent} event @returns {{x: number, y: number, frame: number}} */
  #at(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = (event.clientX - box.left) / this.unit - GUTTER;
    const seconds = Math.min(this.duration, Math.max(0, secondsAt(this.strip, x)));
    return { x, y: (event.clientY - box.top) / this.unit, frame: frameAt(this.session.state.times, seconds) };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const { x, y, frame } = this.#at(event);
    this.session.store.set({ playing: false });
    if (y > this.head) this.#choose(Math.floor((y - this.head + this.top) / LANE), event);
    const { plan, times } = this.session.state;
    const reach = (5 / this.strip.width) * (this.strip.to - this.strip.from) * (plan?.rate ?? 25);
    const doubt = y > RULER && y < RULER + DOUBTS ? doubtNear(plan?.doubts ?? [], frame, reach) : null;
    if (doubt) return this.session.showDoubt(doubt);
    this.marking = event.shiftKey || (Boolean(plan?.sound) && y > RULER + DOUBTS && y < this.head);
    if (x >= 0 && times.length > 0) this.session.go(frame);
    if (this.marking) this.session.store.set({ from: frame, to: null });
  }

  /** @param {number} row @param {PointerEvent} event */
  #choose(row, event) {
    const track = this.lanes[row];
    if (!track) return;
    const { selected } = this.session.state;
    const others = event.ctrlKey || event.metaKey ? selected.filter((id) => id !== track.id) : [];
    this.session.store.set({ selected: [...others, track.id], doubt: null });
    const { x, frame } = this.#at(event);
    if (x < 0 || frame < track.first || frame > track.last) this.session.go(track.first);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const { x, frame } = this.#at(event);
    if (x < 0 && !this.marking) return;
    this.session.go(frame);
    if (this.marking) this.session.store.set({ to: frame });
  }

  /** Draw once, before the next picture of the screen. */
  refresh() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.#draw();
    });
  }

  #draw() {
    const { pen, strip, canvas } = this;
    const { plan, times, frame, selected, visited, doubt } = this.session.state;
    const scale = (window.devicePixelRatio || 1) * this.unit;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const [width, height] = [canvas.width / scale, canvas.height / scale];
    pen.fillStyle = palette()["ground"] ?? "";
    pen.fillRect(0, 0, width, height);
    if (!plan) return;
    const rows = lanesInSight(this.lanes.length, this.top, height - this.head);
    for (let row = rows[0]; row <= rows[1]; row++) {
      const track = this.lanes[row];
      const y = this.head + row * LANE - this.top;
      if (track) this.#drawLane(track, y, selected.includes(track.id), row % 2 === 1);
    }
    pen.fillStyle = palette()["raised"] ?? "";
    pen.fillRect(0, 0, width, this.head);
    pen.save();
    pen.translate(GUTTER, 0);
    const span = chosenSpan(this.session.state);
    paintRuler(pen, strip, { plan, height: RULER, bottom: height });
    paintDoubts(pen, strip, { plan, times, visited, doubt, top: RULER, height: DOUBTS });
    if (!plan.sound && plan.silenced) paintSilence(pen, strip, { text: t("sound_all_silent"), top: RULER + DOUBTS, height: SOUND });
    if (plan.sound) paintSound(pen, strip, { plan, peaks: this.peaks, selected, top: RULER + DOUBTS, height: SOUND, duration: this.duration });
    if (span) paintSpan(pen, strip, [times[span[0]] ?? 0, times[span[1] + 1] ?? this.duration], height);
    this.#drawHead(times[frame] ?? 0, height);
    pen.restore();
    paintLaneName(pen, t("timeline_doubts"), RULER, DOUBTS, false);
    if (plan.sound || plan.silenced) paintLaneName(pen, t("timeline_sound"), RULER + DOUBTS, SOUND, false);
  }

  /** @param {Track} track @param {number} y @param {boolean} selected @param {boolean} odd */
  #drawLane(track, y, selected, odd) {
    const { pen, strip } = this;
    const { times } = this.session.state;
    const ground = palette()[selected ? "chosen" : odd ? "raised" : "ground"] ?? "";
    pen.fillStyle = ground;
    pen.fillRect(0, y, this.canvas.width, LANE);
    pen.save();
    pen.translate(GUTTER, y);
    pen.beginPath();
    pen.rect(0, 0, strip.width + 12, LANE);
    pen.clip();
    paintLane(pen, strip, track, { times, ground });
    pen.restore();
    paintLaneName(pen, track, y, LANE, selected);
  }

  /** @param {number} now @param {number} height */
  #drawHead(now, height) {
    const x = xAt(this.strip, now);
    if (x < -1 || x > this.strip.width + 12) return;
    const { pen } = this;
    pen.fillStyle = palette()["accent"] ?? "";
    pen.fillRect(x - 0.75, 0, 1.5, height);
    pen.beginPath();
    pen.moveTo(x - 5, 0);
    pen.lineTo(x + 5, 0);
    pen.lineTo(x, 7);
    pen.fill();
  }
}
