/** Making elements: one short way, text never taken for markup. */

/**
 * @param {string} selector  a tag, with `.classes` behind it
 * @param {Record<string, unknown>} [given]  attributes; `on*` are listeners, true and false set or leave out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function el(selector, given = {}, ...children) {
  const [tag = "div", ...classes] = selector.split(".");
  const made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on") && typeof value === "function") {
      made.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((c) => c !== null));
  return made;
}

/**
 * An element of the page's own markup; it is an error of the page where there is none.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (found === null || (kind && !(found instanceof kind))) throw new Error(`no element ${id}`);
  return /** @type {T} */ (found);
}

/**
 * Put other children in; the focus goes to the one with the same `data-focus` as the one that had it.
 * @param {Element} host
 * @param {...(Node | string | null)} children
 */
export function fill(host, ...children) {
  const focused = document.activeElement;
  const name = focused && host.contains(focused) ? focused.getAttribute("data-focus") : null;
  host.replaceChildren(...children.filter((c) => c !== null));
  if (name === null) return;
  const again = host.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/**
 * A button with its key written on it.
 * @param {string} label
 * @param {string} key  as the user would press it; empty for none
 * @param {() => void} press
 * @param {Record<string, unknown>} [given]
 */
export function keyed(label, key, press, given = {}) {
  const cap = key ? el("kbd", { "aria-hidden": "true" }, key) : null;
  const shortcut = key ? { "aria-keyshortcuts": key } : {};
  return el("button", { type: "button", onclick: press, ...shortcut, ...given }, el("span", {}, label), cap);
}

/** CSS pixels of one rem: everything that is laid out by script grows with the text, up to a 4K screen. */
export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize) || 14;
