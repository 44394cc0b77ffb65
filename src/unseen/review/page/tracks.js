/** Every track and silence of a plan, to be chosen by name; what is chosen shows on the stage and the timeline. */

import { el } from "./el.js";
import { List } from "./list.js";
import { inOrder } from "./lanes.js";
import { clock, t, trackName } from "./strings.js";

/** @import {Silence, Track} from "./types.js" */
/** @import {Session} from "./session.js" */

/**
 * The choice after an entry was clicked or pressed.
 * @param {string[]} order  all ids as they are listed
 * @param {string[]} selected
 * @param {string} id
 * @param {{add: boolean, reach: boolean}} how  with the control key; with the shift key
 */
export function chosenAfter(order, selected, id, { add, reach }) {
  const last = selected.at(-1);
  if (reach && last !== undefined && order.includes(last)) {
    const [a, b] = [order.indexOf(last), order.indexOf(id)];
    const between = order.slice(Math.min(a, b), Math.max(a, b) + 1);
    return [...selected.filter((s) => !between.includes(s)), ...between.filter((s) => s !== last), last];
  }
  if (!add) return [id];
  return selected.includes(id) ? selected.filter((s) => s !== id) : [...selected, id];
}

/**
 * @template {Track | Silence} T
 * @param {HTMLElement} host
 * @param {Session} session
 * @param {() => T[]} all
 */
function showEntries(host, session, all) {
  const { store } = session;
  const list = new List(
    host,
    {
      count: () => all().length,
      show: (index) => {
        const one = /** @type {T} */ (all()[index]);
        const kind = "kind" in one ? one.kind : "voice";
        const chosen = store.state.selected.includes(one.id);
        const classes = [one.action, ...(chosen ? ["here"] : [])];
        return { key: `${one.id}/${one.action}/${kind}/${one.start}/${one.end}`, children: row(one, kind), classes, chosen };
      },
      choose: (index, event) => choose(index, { add: event.ctrlKey || event.metaKey, reach: event.shiftKey }),
      toggle: (index) => choose(index, { add: true, reach: false }),
    },
    { row: 3.3 },
  );
  host.setAttribute("aria-multiselectable", "true");

  /** @param {T} one @param {string} kind */
  function row(one, kind) {
    const moving = store.state.times.length > 1;
    const said = one.action === "keep" ? t("stays_visible") : one.score === null ? t("by_hand") : t("score_short", { score: one.score.toFixed(2) });
    const when = moving ? `${clock(one.start)} – ${clock(one.end)}` : "";
    return [el(`span.swatch.${kind}.${one.action}`), el("span.what", {}, el("b", {}, trackName({ id: one.id, kind })), el("small", {}, said)), el("time", {}, when)];
  }

  /** @param {number} index @param {{add: boolean, reach: boolean}} how */
  function choose(index, how) {
    const one = all()[index];
    if (!one) return;
    const order = all().map((each) => each.id);
    store.set({ selected: chosenAfter(order, store.state.selected, one.id, how), doubt: null });
    if (!("first" in one)) return session.skip(one.start - (store.state.times[store.state.frame] ?? 0));
    if (store.state.frame < one.first || store.state.frame > one.last) session.go(Math.floor((one.first + one.last) / 2));
  }

  store.on(["plan", "selected", "times"], () => {
    const here = all().findIndex((each) => each.id === store.state.selected.at(-1));
    if (here >= 0) {
      list.active = here;
      list.reveal();
    }
    list.draw();
    host.classList.toggle("empty", all().length === 0);
  });
}

/**
 * @param {HTMLElement} host
 * @param {Session} session
 */
export function showTracks(host, session) {
  showEntries(host, session, () => inOrder(session.state.plan?.tracks ?? []));
}

/**
 * The stretches of speech that were found or chosen.
 * @param {HTMLElement} host
 * @param {Session} session
 */
export function showSilences(host, session) {
  showEntries(host, session, () => session.state.plan?.silences ?? []);
}
