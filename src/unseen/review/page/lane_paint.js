/** Drawing the timeline's rows. Everything here is in units, from the left edge of the strip. */

import { LANE, isLow, isShort, thickness, tickEvery, xAt } from "./lanes.js";
import { kindColour, palette } from "./palette.js";
import { clock, trackName } from "./strings.js";

/** @import {Plan, Range, Track} from "./types.js" */
/** @import {Strip} from "./lanes.js" */

/** @typedef {CanvasRenderingContext2D} Pen */

const FONT = '11px system-ui, "DejaVu Sans", sans-serif';
/** @type {Map<string, CanvasPattern | null>} */
const patterns = new Map();

/**
 * Slanted stripes of a colour.
 * @param {Pen} pen
 * @param {string} colour
 */
function stripes(pen, colour) {
  const known = patterns.get(colour);
  if (known) return known;
  const tile = new OffscreenCanvas(6, 6);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  ink.strokeStyle = colour;
  ink.lineWidth = 1.6;
  for (const by of [-6, 0, 6]) {
    ink.moveTo(by, 6);
    ink.lineTo(by + 6, 0);
  }
  ink.stroke();
  const made = pen.createPattern(tile, "repeat");
  patterns.set(colour, made);
  return made;
}

/**
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {{plan: Plan, height: number, bottom: number}} where
 */
export function paintRuler(pen, strip, { plan, height, bottom }) {
  const colours = palette();
  const every = tickEvery(strip.to - strip.from, strip.width);
  pen.font = FONT;
  pen.textBaseline = "middle";
  for (let s = Math.ceil(strip.from / every) * every; s <= strip.to + 1e-6; s += every) {
    const x = xAt(strip, s);
    pen.fillStyle = colours["line"] ?? "";
    pen.fillRect(x, height - 6, 1, 6);
    pen.fillStyle = colours["quiet"] ?? "";
    if (x < strip.width - 40) pen.fillText(clock(s, every < 1 ? 1 : 0), x + 4, height / 2);
  }
  pen.fillStyle = colours["quiet"] ?? "";
  for (const cut of plan.cuts) {
    const x = xAt(strip, cut);
    for (let y = height - 6; y < bottom; y += 6) pen.fillRect(x, y, 1, 3);
  }
  for (const [start, end] of plan.unlooked) {
    const [x, right] = [xAt(strip, start), xAt(strip, end)];
    pen.fillStyle = stripes(pen, colours["bad"] ?? "") ?? "";
    pen.fillRect(x, 0, Math.max(3, right - x), height);
  }
}

/**
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {{plan: Plan, times: number[], visited: string[], doubt: string | null, top: number, height: number}} where
 */
export function paintDoubts(pen, strip, { plan, times, visited, doubt, top, height }) {
  const colours = palette();
  const been = new Set(visited);
  for (const place of [...plan.doubts].reverse()) {
    const x = xAt(strip, times[place.first] ?? 0);
    const right = xAt(strip, times[place.last + 1] ?? strip.to);
    const here = place.id === doubt;
    pen.globalAlpha = here ? 1 : been.has(place.id) ? 0.4 : 0.65 + 0.35 * place.risk;
    pen.fillStyle = colours[here ? "accent" : been.has(place.id) ? "quiet" : "warn"] ?? "";
    const middle = (Math.max(0, x) + Math.min(strip.width, right)) / 2;
    if (here) pen.fillRect(x, top + height / 2 - 1, Math.max(1, right - x), 2);
    pen.beginPath();
    pen.arc(middle, top + height / 2, here ? 5 : 4, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = 1;
}

/**
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {{plan: Plan, peaks: number[], selected: string[], top: number, height: number, duration: number}} where
 */
export function paintSound(pen, strip, { plan, peaks, selected, top, height, duration }) {
  const colours = palette();
  for (const { id, start, end, action } of plan.silences) {
    const [x, right] = [xAt(strip, start), xAt(strip, end)];
    pen.globalAlpha = selected.includes(id) ? 0.65 : 0.3;
    pen.fillStyle = colours[action === "keep" ? "keep" : "voice"] ?? "";
    pen.fillRect(x, top + 2, Math.max(2, right - x), height - 4);
    pen.globalAlpha = 1;
    pen.fillRect(x, top + height - 4, Math.max(2, right - x), 2);
  }
  pen.fillStyle = colours["quiet"] ?? "";
  const middle = top + height / 2;
  for (let x = 0; peaks.length > 0 && x < strip.width; x++) {
    const [a, b] = [0, 1].map((by) => ((strip.from + ((x + by) / strip.width) * (strip.to - strip.from)) / duration) * peaks.length);
    const run = peaks.slice(Math.floor(a ?? 0), Math.max(Math.floor(a ?? 0) + 1, Math.ceil(b ?? 0)));
    const tall = Math.max(0.5, Math.max(0, ...run) * (height / 2 - 3));
    pen.fillRect(x, middle - tall, 1, 2 * tall);
  }
}

/**
 * Sound that is silent as a whole: nothing of it can be muted, and nothing of it will be heard.
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {{text: string, top: number, height: number}} where
 */
export function paintSilence(pen, strip, { text, top, height }) {
  const { voice = "", quiet = "", raised = "" } = palette();
  pen.globalAlpha = 0.25;
  pen.fillStyle = voice;
  pen.fillRect(0, top + 4, strip.width, height - 8);
  pen.globalAlpha = 1;
  pen.fillRect(0, top + height / 2 - 0.75, strip.width, 1.5);
  pen.font = FONT;
  pen.textBaseline = "middle";
  const wide = pen.measureText(text).width + 16;
  pen.fillStyle = raised;
  pen.fillRect((strip.width - wide) / 2, top + 6, wide, height - 12);
  pen.fillStyle = quiet;
  pen.fillText(text, (strip.width - wide) / 2 + 8, top + height / 2 + 0.5);
}

/**
 * A stretch that the reviewer chose.
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {[number, number]} seconds
 * @param {number} height
 */
export function paintSpan(pen, strip, [start, end], height) {
  const [x, right] = [xAt(strip, start), xAt(strip, end)];
  pen.fillStyle = palette()["accent"] ?? "";
  pen.globalAlpha = 0.18;
  pen.fillRect(x, 0, Math.max(2, right - x), height);
  pen.globalAlpha = 1;
  pen.fillRect(x, 0, 1.5, height);
  pen.fillRect(right - 1.5, 0, 1.5, height);
}

/**
 * One track: thick where it is sure, striped where nothing was seen, thin where it was stretched, hollow where kept.
 * @param {Pen} pen
 * @param {Strip} strip
 * @param {Track} track
 * @param {{times: number[], ground: string}} on  `ground`: the colour under the lane
 */
export function paintLane(pen, strip, track, { times, ground }) {
  const colours = palette();
  const colour = track.action === "keep" ? (colours["keep"] ?? "") : kindColour(track.kind);
  const left = xAt(strip, track.start);
  const right = Math.max(left + 3, xAt(strip, track.end));
  const tall = thickness(track.score);
  const top = (LANE - tall) / 2;
  const parts = (/** @type {Range[]} */ ranges) => ranges.map(([first, last]) => {
    const x = xAt(strip, times[first] ?? 0);
    return [x, Math.max(x + 2, xAt(strip, times[last + 1] ?? track.end))];
  });
  pen.fillStyle = colour;
  pen.strokeStyle = colour;
  if (track.action === "keep") {
    pen.lineWidth = 1.5;
    pen.strokeRect(left, top + 0.75, right - left, Math.max(3, tall - 1.5));
  } else {
    pen.globalAlpha = isLow(track) ? 0.55 : 1;
    pen.fillRect(left, top, right - left, tall);
    pen.globalAlpha = 1;
  }
  for (const [x = 0, end = 0] of parts(track.bridged)) replaced(pen, [x, end], ground, () => {
    pen.fillStyle = stripes(pen, colour) ?? "";
    pen.fillRect(x, 2, end - x, LANE - 4);
  });
  for (const [x = 0, end = 0] of parts(track.extended)) replaced(pen, [x, end], ground, () => {
    pen.fillStyle = colour;
    pen.fillRect(x, LANE / 2 - 0.75, end - x, 1.5);
  });
  if (track.faceless) paintFaceless(pen, left, right);
  if (isShort(track)) {
    const middle = (left + right) / 2;
    pen.fillStyle = colours["warn"] ?? "";
    pen.beginPath();
    for (const [dx, dy] of /** @type {const} */ ([[0, -5], [5, 0], [0, 5], [-5, 0]])) pen.lineTo(middle + dx, LANE / 2 + dy);
    pen.fill();
  }
}

/**
 * A body whose face was never seen: an empty ring where the head would be, and a line over all of it.
 * @param {Pen} pen
 * @param {number} left
 * @param {number} right
 */
function paintFaceless(pen, left, right) {
  const { warn = "", ground = "" } = palette();
  pen.fillStyle = warn;
  pen.fillRect(left, 1, right - left, 2);
  pen.beginPath();
  pen.arc(Math.max(left, 0) + 7, LANE / 2 + 0.5, 4, 0, 7);
  pen.fillStyle = ground;
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = warn;
  pen.stroke();
}

/**
 * @param {Pen} pen
 * @param {[number, number]} part
 * @param {string} ground
 * @param {() => void} draw
 */
function replaced(pen, [x, end], ground, draw) {
  pen.fillStyle = ground;
  pen.fillRect(x, 0, end - x, LANE);
  draw();
}

/**
 * @param {Pen} pen
 * @param {Track | string} named
 * @param {number} top
 * @param {number} height
 * @param {boolean} selected
 */
export function paintLaneName(pen, named, top, height, selected) {
  const colours = palette();
  const text = typeof named === "string" ? named : trackName(named);
  pen.font = selected ? `600 ${FONT}` : FONT;
  pen.textBaseline = "middle";
  pen.fillStyle = colours[selected ? "ink" : "quiet"] ?? "";
  pen.fillText(text, 14, top + height / 2 + 0.5, 84);
  if (typeof named === "string") return;
  pen.fillStyle = named.action === "keep" ? (colours["keep"] ?? "") : kindColour(named.kind);
  pen.fillRect(4, top + 3, 4, height - 6);
}
