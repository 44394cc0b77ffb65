/** The colours of canvases, out of the style sheet: they follow dark and light as everything else does. */

const KINDS = ["face", "plate", "text", "code", "body", "voice", "zone"];
const NAMES = ["stage", "ground", "raised", "chosen", "line", "ink", "quiet", "accent", "keep", "warn", "bad", "good", ...KINDS];

/** @typedef {Record<string, string>} Palette */

/** @type {Map<string, Palette>} */
const known = new Map();

/**
 * The colours that hold inside an element: on the stage, which is dark always, they are others than around it.
 * @param {"stage-room" | "timeline"} [where]
 * @returns {Palette}
 */
export function palette(where = "timeline") {
  const found = known.get(where);
  if (found) return found;
  const style = getComputedStyle(document.getElementById(where) ?? document.documentElement);
  const read = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  known.set(where, read);
  return read;
}

/**
 * @param {string} kind
 * @param {"stage-room" | "timeline"} [where]
 */
export const kindColour = (kind, where) => palette(where)[KINDS.includes(kind) ? kind : "zone"] ?? "";

/** @param {() => void} changed  called when the reader turns to dark or light */
export function watchScheme(changed) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    known.clear();
    changed();
  });
}
