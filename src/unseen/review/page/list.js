/** A long list or grid of which only what is in sight exists: ten thousand entries cost as much as forty. */

import { el, rem } from "./el.js";

const OVER = 2; // rows made beyond each edge, so that scrolling shows no holes

/**
 * Rows and columns in sight.
 * @param {{count: number, columns: number, rowHeight: number, top: number, height: number}} view  CSS pixels
 * @returns {[first: number, last: number]} entries; the last is not in it
 */
export function entriesInSight({ count, columns, rowHeight, top, height }) {
  const first = Math.max(0, Math.floor(top / rowHeight) - OVER);
  const last = Math.ceil((top + height) / rowHeight) + OVER;
  return [Math.min(count, first * columns), Math.min(count, last * columns)];
}

/**
 * Where a key leads in a grid.
 * @param {string} key
 * @param {number} active
 * @param {{count: number, columns: number, page: number}} shape  `page` in rows
 * @returns {number | null} null for a key that is not for moving
 */
export function keyLeads(key, active, { count, columns, page }) {
  const by = /** @type {Record<string, number>} */ ({
    ArrowDown: columns, ArrowUp: -columns, PageDown: page * columns, PageUp: -page * columns,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
  })[key];
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (by === undefined) return null;
  const next = active + by;
  return next >= 0 && next < count ? next : active;
}

/**
 * @typedef {object} Entries
 * @property {() => number} count
 * @property {(index: number) => {key: string, children: (Node | string)[], classes?: string[], chosen?: boolean}} show
 * @property {(index: number, event: MouseEvent | KeyboardEvent) => void} choose  clicked, or Enter
 * @property {(index: number) => void} [toggle]  Space
 * @property {(index: number) => void} [reached]  the active entry changed
 */

export class List {
  /**
   * @param {HTMLElement} host  scrolls; gets the focus
   * @param {Entries} entries
   * @param {{row: number, column?: number}} size  rem; without a column it is one list
   */
  constructor(host, entries, { row, column }) {
    this.host = host;
    this.entries = entries;
    this.row = row;
    this.column = column ?? 0;
    this.active = 0;
    this.inner = el("div.rows", { role: "presentation" });
    host.append(this.inner);
    host.tabIndex = 0;
    host.setAttribute("role", "listbox");
    host.addEventListener("scroll", () => this.draw());
    host.addEventListener("keydown", (event) => this.#key(event));
    host.addEventListener("click", (event) => this.#click(event));
    host.addEventListener("focus", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(host);
  }

  get rowHeight() {
    return Math.round(this.row * rem());
  }

  get columns() {
    return this.column ? Math.max(1, Math.floor(this.host.clientWidth / (this.column * rem()))) : 1;
  }

  /** The first entry in sight. */
  get first() {
    return Math.floor(this.host.scrollTop / this.rowHeight) * this.columns;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const found = event.target instanceof Element ? event.target.closest("[data-index]") : null;
    if (!(found instanceof HTMLElement)) return;
    this.move(Number(found.dataset["index"]));
    this.entries.choose(this.active, event);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.entries.count();
    if (count === 0 || event.altKey) return;
    const page = Math.max(1, Math.floor(this.host.clientHeight / this.rowHeight) - 1);
    const next = keyLeads(event.key, this.active, { count, columns: this.columns, page });
    if (next !== null) this.move(next);
    else if (event.key === "Enter") this.entries.choose(this.active, event);
    else if (event.key === " " && this.entries.toggle) this.entries.toggle(this.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index */
  move(index) {
    const before = this.active;
    this.active = Math.max(0, Math.min(this.entries.count() - 1, index));
    if (this.active !== before) this.entries.reached?.(this.active);
    this.reveal();
    this.draw();
  }

  /** Scroll so that the active entry is in sight. */
  reveal() {
    const top = Math.floor(this.active / this.columns) * this.rowHeight;
    const { scrollTop, clientHeight } = this.host;
    if (top < scrollTop) this.host.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.host.scrollTop = top + this.rowHeight - clientHeight;
  }

  /** Make what is in sight anew. */
  draw() {
    const { columns, rowHeight, host } = this;
    const count = this.entries.count();
    if (this.active >= count) this.active = Math.max(0, count - 1);
    this.inner.style.height = `${Math.ceil(count / columns) * rowHeight}px`;
    const view = { count, columns, rowHeight, top: host.scrollTop, height: host.clientHeight };
    const [first, last] = entriesInSight(view);
    const old = new Map([...this.inner.children].map((node) => [node.getAttribute("data-key"), node]));
    const wanted = [];
    for (let index = first; index < last; index++) wanted.push(this.#entry(index, count, old));
    const stay = new Set(wanted);
    for (const node of old.values()) if (!stay.has(/** @type {HTMLElement} */ (node))) node.remove();
    let at = this.inner.firstElementChild;
    for (const node of wanted) {
      if (node === at) at = at.nextElementSibling; // what stays is not touched: its picture is not painted anew
      else this.inner.insertBefore(node, at);
    }
    if (count > 0) host.setAttribute("aria-activedescendant", `${host.id}-${this.active}`);
    else host.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index @param {number} count @param {Map<string | null, Element>} old */
  #entry(index, count, old) {
    const shown = this.entries.show(index);
    const known = old.get(shown.key);
    const made = known instanceof HTMLElement ? known : el("div.entry", { role: "option", "data-key": shown.key, "aria-setsize": count });
    if (!known) made.append(...shown.children);
    const row = Math.floor(index / this.columns);
    put(made, "class", ["entry", ...(shown.classes ?? []), ...(index === this.active ? ["active"] : [])].join(" "));
    put(made, "id", `${this.host.id}-${index}`);
    put(made, "data-index", String(index));
    put(made, "aria-posinset", String(index + 1));
    put(made, "aria-selected", String(shown.chosen ?? false));
    const place = `${row * this.rowHeight}/${index % this.columns}/${this.columns}/${this.rowHeight}`;
    if (made.dataset["place"] === place) return made;
    made.dataset["place"] = place;
    made.style.top = `${row * this.rowHeight}px`;
    made.style.left = `${((index % this.columns) / this.columns) * 100}%`;
    made.style.width = `${100 / this.columns}%`;
    made.style.height = `${this.rowHeight}px`;
    return made;
  }
}

/**
 * Set an attribute where it has another value.
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string} value
 */
function put(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
