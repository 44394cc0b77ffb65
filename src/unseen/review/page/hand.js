/** The pointer on the stage: choose, pan, zoom, draw a box, pull and move boxes, pull the divider. */

import { between, handleNear, holds, inside, moved, pulled, toStage, under } from "./geometry.js";

/** @import {Box} from "./types.js" */
/** @import {Handle} from "./geometry.js" */
/** @import {Session} from "./session.js" */
/** @import {Stage} from "./stage.js" */

const REACH = 9; // CSS pixels around a handle
const SLIP = 4; // CSS pixels: less is a click
const CURSORS = { nw: "nwse", se: "nwse", ne: "nesw", sw: "nesw", n: "ns", s: "ns", e: "ew", w: "ew" };

/**
 * @typedef {object} Grip  what the pointer holds
 * @property {"draw" | "box" | "pan" | "divider"} what
 * @property {[number, number]} from  picture pixels
 * @property {[number, number]} last  device pixels
 * @property {Handle | null} handle
 * @property {Box} box
 * @property {string | null} track
 * @property {boolean} pulled
 */

export class Hand {
  /**
   * @param {Stage} stage
   * @param {Session} session
   * @param {(frame: number, track: string, box: Box) => void} placed  a track's box was pulled
   */
  constructor(stage, session, placed) {
    this.stage = stage;
    this.session = session;
    this.placed = placed;
    /** @type {Grip | null} */
    this.grip = null;
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", () => this.#drop());
    canvas.addEventListener("dblclick", () => !this.session.state.drawing && stage.toggleFit());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.stage.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), this.stage.point(event));
  }

  /** The box that can be pulled now: the one being drawn, or that of the one selected track. */
  #box() {
    const { draft, playing, view } = this.session.state;
    if (draft) return { box: draft.box, track: draft.track };
    const one = playing || view === "released" ? null : this.stage.selectedOutline();
    return one ? { box: one.box, track: one.track } : null;
  }

  /**
   * What is under a point.
   * @param {[number, number]} point  device pixels
   * @returns {Grip}
   */
  #find(point) {
    const from = this.stage.inPicture(point);
    /** @type {Grip} */
    const none = { what: "pan", from, last: point, handle: null, box: [0, 0, 0, 0], track: null, pulled: false };
    const { view, drawing, draft } = this.session.state;
    const one = this.#box();
    if (one) {
      const handle = handleNear(toStage(this.stage.look, one.box), point, REACH * this.stage.unit);
      if (handle || holds(one.box, from)) return { ...none, ...one, what: "box", handle };
    }
    if (drawing && !draft) return { ...none, what: "draw" };
    const near = Math.abs(point[0] - this.stage.dividerAt()) < REACH * this.stage.unit;
    return view === "compare" && near ? { ...none, what: "divider" } : none;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.stage.canvas.focus();
    this.stage.canvas.setPointerCapture(event.pointerId);
    this.grip = this.#find(this.stage.point(event));
    if (this.session.state.playing) this.session.store.set({ playing: false });
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const point = this.stage.point(event);
    if (!this.grip) return this.#hover(point);
    const { grip } = this;
    const far = Math.hypot(point[0] - grip.last[0], point[1] - grip.last[1]);
    if (!grip.pulled && far < SLIP * this.stage.unit) return;
    const here = this.stage.inPicture(point);
    const [dx, dy] = [here[0] - grip.from[0], here[1] - grip.from[1]];
    if (grip.what === "pan") this.stage.pan(point[0] - grip.last[0], point[1] - grip.last[1]);
    else if (grip.what === "divider") this.#divide(point);
    else if (grip.what === "draw") this.#draft(between(grip.from, here), null);
    else this.#draft(grip.handle ? pulled(grip.box, grip.handle, dx, dy) : moved(grip.box, dx, dy), grip.track);
    this.grip = { ...grip, pulled: true, last: grip.what === "pan" ? point : grip.last };
  }

  /** @param {[number, number]} point */
  #divide(point) {
    const [x, , width] = toStage(this.stage.look, [0, 0, this.stage.picture.width, this.stage.picture.height]);
    this.stage.divider = Math.min(1, Math.max(0, (point[0] - x) / width));
    this.stage.refresh();
  }

  /**
   * @param {Box} box
   * @param {string | null} track
   */
  #draft(box, track) {
    const before = this.session.state.draft;
    const kept = inside(/** @type {Box} */ (box.map(Math.round)), this.stage.picture);
    const draft = { box: kept, track, kind: before?.kind ?? "face", placed: before?.placed ?? false };
    this.session.store.set({ draft });
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const { grip } = this;
    this.grip = null;
    if (!grip) return;
    const { draft, frame } = this.session.state;
    if (!grip.pulled && grip.what !== "draw") return this.#click(this.stage.point(event));
    if (grip.what === "draw" && draft) this.session.store.set({ draft: { ...draft, placed: true }, drawing: false });
    if (grip.what === "box" && draft?.track) {
      this.session.store.set({ draft: null });
      this.placed(this.stage.shown?.n ?? frame, draft.track, draft.box);
    }
  }

  #drop() {
    this.grip = null;
    if (this.session.state.draft?.track) this.session.store.set({ draft: null });
  }

  /** @param {[number, number]} point */
  #click(point) {
    if (this.session.state.draft) return;
    const found = under(this.stage.here(), this.stage.inPicture(point));
    this.session.store.set({ selected: found ? [found.track] : [], ...(found ? {} : { doubt: null }) });
  }

  /** @param {[number, number]} point */
  #hover(point) {
    const found = this.#find(point);
    const over = under(this.stage.here(), found.from)?.track ?? "";
    if (over !== this.stage.hovered) {
      this.stage.hovered = over;
      this.stage.refresh();
    }
    const grab = this.stage.free ? "grab" : over ? "pointer" : "default";
    const cursors = { draw: "crosshair", divider: "ew-resize", pan: grab, box: "move" };
    const cursor = found.handle ? `${CURSORS[found.handle]}-resize` : cursors[found.what];
    if (this.stage.canvas.style.cursor !== cursor) this.stage.canvas.style.cursor = cursor;
  }
}
