/** The doubtful places, gravest first, and the way to each. */

import { el } from "./el.js";
import { icon } from "./icons.js";
import { List } from "./list.js";
import { clock, has, t, trackName } from "./strings.js";

/** @import {Doubt, Plan} from "./types.js" */
/** @import {Session} from "./session.js" */

/**
 * Why a place is doubtful, in the reader's language.
 * @param {Doubt} doubt
 */
export function doubtText(doubt) {
  return has(`doubt_${doubt.reason}`) ? t(`doubt_${doubt.reason}`) : doubt.text;
}

/**
 * What a reviewer should ask themselves there.
 * @param {Doubt} doubt
 */
export const doubtQuestion = (doubt) => t(has(`ask_${doubt.reason}`) ? `ask_${doubt.reason}` : "ask_any");

/**
 * What a place is about, as people read it.
 * @param {Plan} plan
 * @param {Doubt} doubt
 */
export function doubtSubject(plan, doubt) {
  const named = [doubt.track, doubt.other ?? null].filter((id) => id !== null);
  const all = [...plan.tracks, ...plan.silences.map((s) => ({ ...s, kind: "voice" }))];
  return named.map((id) => trackName(all.find((each) => each.id === id) ?? { id })).join(" × ");
}

/**
 * @param {HTMLElement} host
 * @param {Session} session
 */
export function showDoubts(host, session) {
  const { store } = session;
  const doubts = () => store.state.plan?.doubts ?? [];
  const list = new List(
    host,
    {
      count: () => doubts().length,
      show: (index) => {
        const doubt = /** @type {Doubt} */ (doubts()[index]);
        const been = store.state.visited.includes(doubt.id);
        const here = doubt.id === store.state.doubt;
        const classes = [been ? "been" : "new", ...(here ? ["here"] : [])];
        return { key: `${doubt.id}/${been}`, children: row(doubt, been), classes, chosen: here };
      },
      choose: (index) => {
        const doubt = doubts()[index];
        if (doubt) session.showDoubt(doubt);
      },
    },
    { row: 3.3 },
  );

  /** @param {Doubt} doubt @param {boolean} been */
  function row(doubt, been) {
    const { plan, times } = store.state;
    const about = plan ? doubtSubject(plan, doubt) : "";
    const when = times.length > 1 ? clock(times[doubt.first] ?? 0) : "";
    const mark = been ? el("span.mark", { title: t("visited") }, icon("done")) : el("span.mark.dot", { title: t("not_visited") });
    return [mark, el("span.what", {}, el("b", {}, about), el("small", {}, doubtText(doubt))), el("time", {}, when)];
  }

  store.on(["plan", "visited", "doubt", "times"], () => {
    const here = doubts().findIndex((d) => d.id === store.state.doubt);
    if (here >= 0) list.active = here;
    list.reveal();
    list.draw();
    host.classList.toggle("empty", doubts().length === 0);
  });
}
