/** Photos and folders: everything at a glance, the riskiest first, decided one by one or many at once. */

import { api } from "./api.js";
import { el, fill, keyed } from "./el.js";
import { icon } from "./icons.js";
import { List } from "./list.js";
import { t } from "./strings.js";
import { chosenAfter } from "./tracks.js";

/** @import {FileLine} from "./types.js" */
/** @import {Session} from "./session.js" */

const CELL = { column: 15, row: 13.5 }; // rem
const AGAIN = 2000; // milliseconds between two looks at whether the list has changed
const PICTURE = 320; // pixels across: one of the sizes the server makes

export class Grid {
  /**
   * @param {HTMLElement} host
   * @param {HTMLElement} bar  what can be done with those chosen
   * @param {Session} session
   */
  constructor(host, bar, session) {
    this.session = session;
    this.bar = bar;
    /** @type {string[]} */
    this.chosen = [];
    /** @type {Set<number>} pages being read */
    this.reading = new Set();
    this.list = new List(
      host,
      {
        count: () => session.state.total,
        show: (index) => this.#show(index),
        choose: (index, event) => this.#choose(index, event),
        toggle: (index) => this.#mark(index, { add: true, reach: false }),
      },
      CELL,
    );
    host.setAttribute("aria-multiselectable", "true");
    host.parentElement?.addEventListener("keydown", (event) => this.#key(event));
    setInterval(() => void this.#refresh(), AGAIN);
    session.store.on(["files", "total", "room"], ({ room }) => {
      if (room !== "grid") return;
      this.list.draw();
      this.#drawBar();
      if (document.activeElement === document.body) host.focus();
    });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#set(this.session.state.files.filter(Boolean).map((f) => f.id));
    } else if (event.key === "Escape") this.#set([]);
    else if (event.key === "n") void this.#openNext();
  }

  async #openNext() {
    const next = this.session.state.files.find((f) => f && f.doubts > 0 && !["signed", "released"].includes(f.state));
    if (!next) return;
    await this.session.open(next.id);
    await this.session.toDoubt(1);
  }

  /** @param {number} index */
  #show(index) {
    const file = this.session.state.files[index];
    if (!file) {
      void this.#read(index);
      return { key: `wait-${index}`, children: [el("div.thumb")], classes: ["waiting"] };
    }
    const chosen = this.chosen.includes(file.id);
    const key = [file.id, file.state, file.doubts, chosen].join("/");
    return { key, children: cell(file, chosen), classes: [`is-${file.state}`, ...(chosen ? ["chosen"] : [])], chosen };
  }

  /** @param {number} index */
  async #read(index) {
    const page = Math.floor(index / 500);
    if (this.reading.has(page)) return;
    this.reading.add(page);
    await this.session.guarded(() => this.session.readMore(index));
    this.reading.delete(page);
  }

  /** Read the part in sight anew where files were looked at meanwhile. */
  async #refresh() {
    if (this.session.state.room !== "grid" || document.hidden) return;
    if (await this.session.listChanged()) await this.#read(this.list.first);
  }

  /** @param {number} index @param {MouseEvent | KeyboardEvent} event */
  #choose(index, event) {
    const file = this.session.state.files[index];
    const [add, reach] = [event.ctrlKey || event.metaKey, event.shiftKey];
    const ticked = event.target instanceof Element && event.target.closest(".tick") !== null;
    if (add || reach || ticked) this.#mark(index, { add: add || ticked, reach });
    else if (file) void this.session.open(file.id);
  }

  /** @param {number} index @param {{add: boolean, reach: boolean}} how */
  #mark(index, how) {
    const file = this.session.state.files[index];
    if (file) this.#set(chosenAfter(this.session.state.files.filter(Boolean).map((f) => f.id), this.chosen, file.id, how));
  }

  /** @param {string[]} chosen */
  #set(chosen) {
    this.chosen = chosen;
    this.list.draw();
    this.#drawBar();
  }

  #drawBar() {
    const { files, total } = this.session.state;
    const known = files.filter(Boolean);
    const open = known.reduce((sum, f) => sum + (f.doubts > 0 && !["signed", "released"].includes(f.state) ? 1 : 0), 0);
    const said = this.chosen.length ? t("grid_chosen", { n: this.chosen.length }) : t("grid_total", { n: total, open });
    const batch = /** @type {const} */ (["cover", "sign", "release"]);
    const buttons = batch.map((what) => keyed(t(`grid_${what}`), "", () => this.#batch(what), { "data-focus": what, disabled: this.chosen.length === 0 }));
    fill(this.bar, el("span.said", { role: "status" }, said), ...buttons);
  }

  /** @param {"cover" | "sign" | "release"} what */
  async #batch(what) {
    const chosen = this.chosen;
    this.#set([]);
    this.list.host.focus();
    await this.session.batch(chosen, what);
  }
}

/**
 * @param {FileLine} file
 * @param {boolean} chosen
 */
function cell(file, chosen) {
  const looked = file.state !== "unlooked" && file.state !== "looking" && file.kind !== "sound";
  const picture = looked
    ? el("img", { src: api.thumb(file.id, PICTURE, `${file.state}-${file.doubts}`), alt: "", loading: "lazy", decoding: "async" })
    : el("span.none", {}, t(`file_${file.kind ?? "any"}`));
  const doubts = file.doubts > 0 ? el("span.badge.warn", {}, t("grid_doubts", { n: file.doubts })) : null;
  const state = el(`span.badge.state`, {}, t(`state_${file.state}`));
  const tick = el("span.tick", { "aria-hidden": "true" }, icon("done"));
  return [el("div.thumb", {}, picture, tick), el("div.line", {}, el("b", { title: file.name }, file.name)), el("div.line", {}, ...[doubts, state].filter((c) => c !== null), chosen ? "" : "")];
}
