/** The stage: the frame as large as there is room, and over it what is covered, kept, doubtful or being drawn. */

import { rem } from "./el.js";
import { askedWidth } from "./frames.js";
import { fitted, toPicture, toStage, zoomed } from "./geometry.js";
import { paintDivider, paintDraft, paintHandles, paintMark, paintSpot } from "./paint.js";
import { palette } from "./palette.js";
import { framesAhead, strideOf } from "./playback.js";
import { t, trackName } from "./strings.js";

/** @import {Box, Outline, Plan, Track} from "./types.js" */
/** @import {Frames, Wanted} from "./frames.js" */
/** @import {Look} from "./geometry.js" */
/** @import {Outlines} from "./outlines.js" */
/** @import {State} from "./state.js" */
/** @import {Store} from "./store.js" */

const MOST = 12; // device pixels a picture pixel, at the closest

export class Stage {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Store<State>} store
   * @param {{frames: Frames, outlines: Outlines, saw: (frame: number) => void}} sources
   */
  constructor(canvas, store, { frames, outlines, saw }) {
    this.canvas = canvas;
    this.store = store;
    this.frames = frames;
    this.outlines = outlines;
    this.saw = saw;
    /** @type {Look | null} where the picture lies, null while it is fitted */
    this.free = null;
    this.divider = 0.5;
    this.hovered = "";
    /** @type {() => unknown} called when the zoom may have changed */
    this.looked = () => {};
    /** @type {{n: number, bare: ImageBitmap | null, covered: ImageBitmap | null} | null} what is on the stage */
    this.shown = null;
    this.waiting = 0;
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    new ResizeObserver(() => this.#resize()).observe(canvas);
    store.on(["plan"], ({ plan }) => this.#use(plan));
    store.on(["frame", "selected", "doubt", "view", "draft", "drawing", "playing"], () => this.refresh());
  }

  /** @param {Plan | null} plan */
  #use(plan) {
    if (plan?.id !== this.frames.plan?.id) {
      this.shown = null;
      this.free = null;
    }
    this.frames.use(plan);
    this.outlines.use(plan);
    this.refresh();
  }

  get dpr() {
    return Math.min(3, window.devicePixelRatio || 1);
  }

  /** Device pixels of what is one CSS pixel wide on a small screen. */
  get unit() {
    return (this.dpr * rem()) / 14;
  }

  get picture() {
    const plan = this.store.state.plan;
    return { width: plan?.width || 16, height: plan?.height || 9 };
  }

  /** @returns {Look} */
  get look() {
    return this.free ?? fitted(this.canvas, this.picture);
  }

  /** Device pixels of a point of the window. @param {{clientX: number, clientY: number}} event @returns {[number, number]} */
  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.dpr, (event.clientY - box.top) * this.dpr];
  }

  /** @param {[number, number]} point  device pixels */
  inPicture(point) {
    return toPicture(this.look, point);
  }

  /**
   * @param {number} factor
   * @param {[number, number]} [point]
   */
  zoom(factor, point = [this.canvas.width / 2, this.canvas.height / 2]) {
    const least = fitted(this.canvas, this.picture).scale;
    const next = zoomed(this.look, factor, point, [least, Math.max(MOST, least)]);
    this.free = next.scale <= least * 1.001 ? null : next;
    this.refresh();
  }

  /** The whole picture, or one screen pixel a picture pixel around what is selected. */
  toggleFit() {
    if (this.free) this.free = null;
    else {
      const [x, y, width, height] = this.selectedOutline()?.box ?? [0, 0, this.picture.width, this.picture.height];
      const scale = Math.min(MOST, Math.max(1, (this.canvas.height * 0.4) / height, this.look.scale * 2));
      const middle = [(x + width / 2) * scale, (y + height / 2) * scale];
      this.free = { scale, x: this.canvas.width / 2 - (middle[0] ?? 0), y: this.canvas.height / 2 - (middle[1] ?? 0) };
    }
    this.refresh();
  }

  /** @param {number} dx @param {number} dy  device pixels */
  pan(dx, dy) {
    if (this.free) this.free = { ...this.free, x: this.free.x + dx, y: this.free.y + dy };
    this.refresh();
  }

  get zoomShare() {
    return this.look.scale / this.dpr;
  }

  /** The outlines of the frame that is on the stage. */
  here() {
    return this.outlines.at(this.shown?.n ?? this.store.state.frame);
  }

  /** @returns {Outline | null} the selected track's outline, where one track is selected and is in this frame */
  selectedOutline() {
    const { selected } = this.store.state;
    return selected.length === 1 ? (this.here().find((o) => o.track === selected[0]) ?? null) : null;
  }

  /** Draw once, before the next picture of the screen. */
  refresh() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.#ask();
      this.#draw();
      this.looked();
    });
  }

  #resize() {
    const box = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.max(1, Math.round(box.width * this.dpr));
    this.canvas.height = Math.max(1, Math.round(box.height * this.dpr));
    this.#draw();
    this.refresh();
  }

  /** @param {number} n @returns {Wanted[]} the pictures this view needs of a frame */
  #needs(n) {
    const { view } = this.store.state;
    const width = askedWidth(this.look.scale, this.picture);
    const bare = { n, width, covered: false };
    const covered = { n, width, covered: true };
    return view === "through" ? [bare] : view === "released" ? [covered] : [bare, covered];
  }

  /** @param {number} n */
  ready(n) {
    return this.#needs(n).every((wanted) => this.frames.have(wanted) !== null);
  }

  #ask() {
    const { plan, frame, playing, speed } = this.store.state;
    if (!plan) return;
    const stride = strideOf(speed, plan.rate || 25);
    this.frames.want(framesAhead(frame, plan.frames, playing, stride).flatMap((n) => this.#needs(n)));
    if (!this.ready(frame)) return;
    const [first, second] = this.#needs(frame).map((wanted) => this.frames.have(wanted));
    const { view } = this.store.state;
    this.shown = { n: frame, bare: view === "released" ? null : (first ?? null), covered: (view === "released" ? first : second) ?? null };
    this.saw(frame);
    this.canvas.dataset["frame"] = `${frame}`;
  }

  #draw() {
    const { pen, canvas, unit } = this;
    pen.fillStyle = palette("stage-room")["stage"] ?? "#0b0d11";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    const { plan, view, draft, doubt, playing } = this.store.state;
    if (!plan || !this.shown) return;
    const look = this.look;
    const area = toStage(look, [0, 0, plan.width, plan.height]);
    this.#drawPicture(area);
    const place = plan.doubts.find((d) => d.id === doubt);
    const spot = playing || draft ? null : this.here().find((o) => o.track === place?.track);
    if (spot && view !== "released") paintSpot(pen, area, toStage(look, spot.cover ?? spot.box), unit);
    this.#drawMarks(plan, look);
    if (view === "compare") paintDivider(pen, area, this.dividerAt(), unit);
    if (draft) paintDraft(pen, look, draft.box, unit);
  }

  /** @param {Box} area */
  #drawPicture(area) {
    const { pen, shown } = this;
    const base = shown?.bare ?? shown?.covered;
    if (!shown || !base) return;
    pen.imageSmoothingQuality = "high";
    pen.imageSmoothingEnabled = this.look.scale < 3;
    pen.drawImage(base, ...area);
    if (!shown.covered || base === shown.covered) return;
    this.#right(() => pen.drawImage(/** @type {ImageBitmap} */ (shown.covered), ...area));
  }

  /** Draw on the right of the divider only. @param {() => void} draw @param {boolean} [other]  the left instead */
  #right(draw, other = false) {
    const { pen, canvas } = this;
    const at = this.dividerAt();
    pen.save();
    pen.beginPath();
    if (other) pen.rect(0, 0, at, canvas.height);
    else pen.rect(at, 0, canvas.width - at, canvas.height);
    pen.clip();
    draw();
    pen.restore();
  }

  dividerAt() {
    const [x, , width] = toStage(this.look, [0, 0, this.picture.width, this.picture.height]);
    return x + width * this.divider;
  }

  /** @param {Plan} plan @param {Look} look */
  #drawMarks(plan, look) {
    const { view, selected, draft, playing } = this.store.state;
    const tracks = new Map(plan.tracks.map((track) => [track.id, track]));
    const outlines = this.here().filter((o) => o.track !== draft?.track);
    const shown = outlines.filter((o) => view !== "released" || o.action === "keep" || selected.includes(o.track));
    const paint = () => {
      for (const outline of shown) {
        const chosen = selected.includes(outline.track);
        const label = chosen || outline.track === this.hovered ? this.#label(outline, tracks.get(outline.track)) : "";
        paintMark(this.pen, look, { outline, kind: tracks.get(outline.track)?.kind ?? "zone", label, selected: chosen }, this.unit);
      }
      const one = this.selectedOutline();
      if (one && one.track === this.hovered && !draft && !playing) paintHandles(this.pen, toStage(look, one.box), this.unit);
    };
    if (view === "compare") this.#right(paint, true);
    else paint();
  }

  /** @param {Outline} outline @param {Track | undefined} track */
  #label(outline, track) {
    const name = trackName(track ?? { id: outline.track });
    const score = outline.score === null ? t(`origin_${outline.origin}`) : t("score_short", { score: outline.score.toFixed(2) });
    return `${name} · ${outline.action === "keep" ? t("stays_visible") : score}`;
  }
}
