/** Drawing outlines, boxes and their handles onto the stage. Everything here is in device pixels; `unit` is how many
 * of them a line or a letter is as thick as one CSS pixel on a small screen. */

import { HANDLES, handleAt, toStage } from "./geometry.js";
import { kindColour, palette } from "./palette.js";

/** @import {Box, Outline} from "./types.js" */
/** @import {Look} from "./geometry.js" */

/** @typedef {CanvasRenderingContext2D} Pen */

const DASHES = { bridged: [7, 5], extended: [2, 4], derived: [2, 4], linked: [12, 3] };
const SPOT = 26; // device pixels around a doubtful thing that stay bright, so that a tiny one is seen, too

/**
 * @typedef {object} Mark  an outline and how it stands out
 * @property {Outline} outline
 * @property {string} kind
 * @property {string} label  empty for none
 * @property {boolean} selected
 */

/**
 * The outline of one track: what its cover hides is tinted, and how sure its place is shows in the line.
 * @param {Pen} pen
 * @param {Look} look
 * @param {Mark} mark
 * @param {number} unit
 */
export function paintMark(pen, look, { outline, kind, label, selected }, unit) {
  const colours = palette("stage-room");
  const kept = outline.action === "keep";
  const colour = kept ? (colours["keep"] ?? "") : kindColour(kind, "stage-room");
  const [x, y, width, height] = toStage(look, kept ? outline.box : (outline.cover ?? outline.box));
  pen.save();
  pen.strokeStyle = colour;
  pen.lineWidth = (selected ? 2.5 : 1.5) * unit;
  if (!kept) {
    pen.globalAlpha = selected ? 0.16 : 0.24;
    pen.fillStyle = colour;
    pen.fillRect(x, y, width, height);
    pen.globalAlpha = 1;
  }
  const dash = kept ? [10, 6] : (DASHES[/** @type {keyof typeof DASHES} */ (outline.origin)] ?? []);
  doubleLine(pen, [x, y, width, height], dash.map((d) => d * unit));
  if (outline.quad) paintQuad(pen, look, outline.quad);
  pen.restore();
  if (label) paintLabel(pen, [x, y, width, height], label, colour, unit);
}

/**
 * A line with a dark one under it: it is seen on any picture.
 * @param {Pen} pen
 * @param {Box} box
 * @param {number[]} dash
 */
function doubleLine(pen, [x, y, width, height], dash) {
  const { strokeStyle, lineWidth } = pen;
  pen.strokeStyle = "rgb(0 0 0 / 55%)";
  pen.lineWidth = lineWidth * 2;
  pen.strokeRect(x, y, width, height);
  pen.strokeStyle = strokeStyle;
  pen.lineWidth = lineWidth;
  pen.setLineDash(dash);
  pen.strokeRect(x, y, width, height);
  pen.setLineDash([]);
}

/**
 * @param {Pen} pen
 * @param {Look} look
 * @param {[number, number][]} corners
 */
function paintQuad(pen, look, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(look.x + x * look.scale, look.y + y * look.scale);
  pen.closePath();
  pen.stroke();
}

/**
 * @param {Pen} pen
 * @param {Box} box
 * @param {string} text
 * @param {string} colour
 * @param {number} unit
 */
export function paintLabel(pen, [x, y, , height], text, colour, unit) {
  pen.save();
  pen.font = `600 ${12 * unit}px system-ui, "DejaVu Sans", sans-serif`;
  const width = pen.measureText(text).width + 12 * unit;
  const tall = 19 * unit;
  const left = Math.max(0, Math.min(x, pen.canvas.width - width));
  const top = y - tall - 2 * unit >= 0 ? y - tall - 2 * unit : Math.min(y + height + 2 * unit, pen.canvas.height - tall);
  pen.fillStyle = "rgb(10 12 16 / 88%)";
  pen.beginPath();
  pen.roundRect(left, top, width, tall, 4 * unit);
  pen.fill();
  pen.fillStyle = colour;
  pen.fillRect(left + 1.5 * unit, top + 4 * unit, 3 * unit, tall - 8 * unit);
  pen.fillStyle = "#fff";
  pen.textBaseline = "middle";
  pen.fillText(text, left + 8 * unit, top + tall / 2 + unit / 2);
  pen.restore();
}

/**
 * Everything but one place goes a little dark, so that the eye falls on it.
 * @param {Pen} pen
 * @param {Box} picture  where the picture is
 * @param {Box} place
 * @param {number} unit
 */
export function paintSpot(pen, picture, [x, y, width, height], unit) {
  const grow = SPOT * unit;
  pen.save();
  pen.fillStyle = "rgb(0 0 0 / 42%)";
  pen.beginPath();
  pen.rect(...picture);
  pen.roundRect(x - grow, y - grow, width + 2 * grow, height + 2 * grow, 10 * unit);
  pen.fill("evenodd");
  pen.restore();
}

/**
 * A box that is being drawn or moved, with its handles.
 * @param {Pen} pen
 * @param {Look} look
 * @param {Box} box
 * @param {number} unit
 */
export function paintDraft(pen, look, box, unit) {
  const placed = toStage(look, box);
  pen.save();
  pen.strokeStyle = palette("stage-room")["accent"] ?? "";
  pen.lineWidth = 2 * unit;
  doubleLine(pen, placed, []);
  paintHandles(pen, placed, unit);
  pen.restore();
}

/**
 * @param {Pen} pen
 * @param {Box} placed
 * @param {number} unit
 */
export function paintHandles(pen, placed, unit) {
  const half = 4.5 * unit;
  pen.save();
  pen.lineWidth = 1.5 * unit;
  pen.fillStyle = "#fff";
  pen.strokeStyle = "#10141c";
  for (const handle of HANDLES) {
    const [x, y] = handleAt(placed, handle);
    pen.fillRect(x - half, y - half, 2 * half, 2 * half);
    pen.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }
  pen.restore();
}

/**
 * The line between before and after, with a grip.
 * @param {Pen} pen
 * @param {Box} picture
 * @param {number} at  device pixels from the left
 * @param {number} unit
 */
export function paintDivider(pen, [, y, , height], at, unit) {
  pen.save();
  pen.fillStyle = "#fff";
  pen.shadowColor = "rgb(0 0 0 / 70%)";
  pen.shadowBlur = 6 * unit;
  pen.fillRect(at - unit, y, 2 * unit, height);
  pen.beginPath();
  pen.roundRect(at - 7 * unit, y + height / 2 - 18 * unit, 14 * unit, 36 * unit, 7 * unit);
  pen.fill();
  pen.restore();
}
