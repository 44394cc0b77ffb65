/** Boxes and the way from the picture to the screen: no page in here, numbers only. */

/** @import {Box} from "./types.js" */

/**
 * @typedef {object} Look  how the picture lies on the stage
 * @property {number} scale  device pixels a picture pixel
 * @property {number} x  where its left edge is, in device pixels
 * @property {number} y
 */

/** @typedef {"nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w"} Handle */

/** @type {Handle[]} */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
export const SMALLEST = 4; // picture pixels: less is a slip of the hand

/**
 * The whole picture, as large as the stage allows, in its middle.
 * @param {{width: number, height: number}} stage  device pixels
 * @param {{width: number, height: number}} picture
 * @returns {Look}
 */
export function fitted(stage, picture) {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 };
}

/**
 * Larger or smaller by a factor, with the point under the pointer staying where it is.
 * @param {Look} look
 * @param {number} factor
 * @param {[number, number]} point  device pixels
 * @param {[least: number, most: number]} limits  of the scale
 * @returns {Look}
 */
export function zoomed(look, factor, [px, py], [least, most]) {
  const scale = Math.min(most, Math.max(least, look.scale * factor));
  const by = scale / look.scale;
  return { scale, x: px - (px - look.x) * by, y: py - (py - look.y) * by };
}

/**
 * @param {Look} look
 * @param {[number, number]} point  device pixels
 * @returns {[number, number]} picture pixels
 */
export const toPicture = (look, [x, y]) => [(x - look.x) / look.scale, (y - look.y) / look.scale];

/**
 * @param {Look} look
 * @param {Box} box
 * @returns {Box} device pixels
 */
export const toStage = (look, [x, y, width, height]) => [
  look.x + x * look.scale,
  look.y + y * look.scale,
  width * look.scale,
  height * look.scale,
];

/**
 * The box between two corners, in whole pixels.
 * @param {[number, number]} a
 * @param {[number, number]} b
 * @returns {Box}
 */
export function between([ax, ay], [bx, by]) {
  const x = Math.floor(Math.min(ax, bx));
  const y = Math.floor(Math.min(ay, by));
  return [x, y, Math.ceil(Math.max(ax, bx)) - x, Math.ceil(Math.max(ay, by)) - y];
}

/**
 * The box kept inside the picture, at least `SMALLEST` wide and high.
 * @param {Box} box
 * @param {{width: number, height: number}} picture
 * @returns {Box}
 */
export function inside([x, y, width, height], picture) {
  const w = Math.min(picture.width, Math.max(SMALLEST, width));
  const h = Math.min(picture.height, Math.max(SMALLEST, height));
  return [Math.min(picture.width - w, Math.max(0, x)), Math.min(picture.height - h, Math.max(0, y)), w, h];
}

/**
 * Moved by a way; its size stays.
 * @param {Box} box
 * @param {number} dx
 * @param {number} dy
 * @returns {Box}
 */
export const moved = ([x, y, width, height], dx, dy) => [x + dx, y + dy, width, height];

/**
 * One edge or corner pulled by a way; the opposite one stays.
 * @param {Box} box
 * @param {Handle} handle
 * @param {number} dx
 * @param {number} dy
 * @returns {Box}
 */
export function pulled([x, y, width, height], handle, dx, dy) {
  const left = handle.includes("w") ? x + dx : x;
  const right = handle.includes("e") ? x + width + dx : x + width;
  const top = handle.includes("n") ? y + dy : y;
  const bottom = handle.includes("s") ? y + height + dy : y + height;
  return between([left, top], [right, bottom]);
}

/**
 * Where a handle is.
 * @param {Box} box
 * @param {Handle} handle
 * @returns {[number, number]}
 */
export function handleAt([x, y, width, height], handle) {
  const across = handle.includes("w") ? 0 : handle.includes("e") ? 1 : 0.5;
  const down = handle.includes("n") ? 0 : handle.includes("s") ? 1 : 0.5;
  return [x + width * across, y + height * down];
}

/**
 * The handle within reach of a point, if any.
 * @param {Box} box
 * @param {[number, number]} point
 * @param {number} reach  in the unit of both
 * @returns {Handle | null}
 */
export function handleNear(box, [px, py], reach) {
  const near = HANDLES.map((handle) => {
    const [hx, hy] = handleAt(box, handle);
    return { handle, far: Math.max(Math.abs(hx - px), Math.abs(hy - py)) };
  }).filter(({ far }) => far <= reach);
  near.sort((a, b) => a.far - b.far);
  return near[0]?.handle ?? null;
}

/**
 * @param {Box} box
 * @param {[number, number]} point
 */
export const holds = ([x, y, width, height], [px, py]) => px >= x && px <= x + width && py >= y && py <= y + height;

/**
 * What is under a point: the smallest box that holds it, so that a face before a body can be reached.
 * @template {{box: Box}} T
 * @param {T[]} things
 * @param {[number, number]} point
 * @returns {T | null}
 */
export function under(things, point) {
  const found = things.filter(({ box }) => holds(box, point));
  found.sort((a, b) => a.box[2] * a.box[3] - b.box[2] * b.box[3]);
  return found[0] ?? null;
}
