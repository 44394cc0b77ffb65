/** The page's few drawings, on a grid of 24 by 24. */

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string>} */
const PATHS = {
  back: "M15 5l-7 7 7 7",
  play: "M8 5.5v13l10-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  previous: "M15 6l-6 6 6 6",
  next: "M9 6l6 6-6 6",
  first: "M17 6l-7 6 7 6M7 6v12",
  last: "M7 6l7 6-7 6M17 6v12",
  undo: "M9 7L5 11l4 4M5.5 11H14a5 5 0 0 1 0 10h-3",
  redo: "M15 7l4 4-4 4M18.5 11H10a5 5 0 0 0 0 10h3",
  draw: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 9v6M9 12h6",
  fit: "M9 4H4v5M15 4h5v5M20 15v5h-5M4 15v5h5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  silent: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
  done: "M5 12.5l4.5 4.5L19 7.5",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17v.5",
};

/**
 * A drawing, hidden from screen readers: the button around it has the name.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? "");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  svg.append(path);
  return svg;
}
