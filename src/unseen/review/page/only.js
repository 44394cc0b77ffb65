/** Keeping one person visible: the chosen tracks stay, all others are covered, and where they meet is put to the reviewer. */

import { api } from "./api.js";
import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { clock, t, trackName } from "./strings.js";

/** @import {Crossing, Plan} from "./types.js" */
/** @import {Session} from "./session.js" */

/**
 * The places where somebody else comes to whoever is kept, for the reviewer to see before anything is decided.
 * @param {Plan} plan
 * @param {number[]} times
 * @param {Crossing[]} crossings
 */
function meetings(plan, times, crossings) {
  if (crossings.length === 0) return [el("p.small", {}, t("only_no_crossings"))];
  const name = (/** @type {string} */ id) => trackName(plan.tracks.find((track) => track.id === id) ?? { id });
  const when = (/** @type {Crossing} */ met) => (times.length > 1 ? `${clock(times[met.first] ?? 0, 1)} – ${clock(times[met.last] ?? 0, 1)}` : "");
  const rows = crossings.map((met) => el("li", {}, el("b", {}, `${name(met.kept)} × ${name(met.other)}`), el("time", {}, when(met))));
  return [el("p", {}, t("only_crossings", { n: crossings.length })), el("ul.meetings", { tabindex: 0 }, ...rows), el("p.small", {}, t("only_crossings_text"))];
}

/** @param {Session} session */
export async function openOnly(session) {
  const { plan, selected } = session.state;
  if (!plan) return;
  const chosen = plan.tracks.filter((track) => selected.includes(track.id));
  const found = await session.guarded(() => api.crossings(plan.id, chosen.map((track) => track.id)));
  if (!found) return;
  const why = /** @type {HTMLInputElement} */ (el("input", { id: "why", required: true, maxlength: 300, autocomplete: "off", autofocus: true }));
  const { closed } = leaving(openDialog(t("only_title", { what: chosen.map(trackName).join(", ") }), [
    el("p", {}, t("only_text", { n: plan.tracks.length - chosen.length })),
    ...meetings(plan, session.state.times, found.crossings),
    el("label", { for: "why" }, t("reason_label")),
    why,
    el("div.answers", {}, leave(), answer(t("only_yes"), "yes", true)),
  ]));
  if ((await closed) !== "yes" || !why.value.trim()) return;
  const done = await session.change({ do: "only", tracks: chosen.map((track) => track.id), why: why.value.trim() });
  if (!done) return;
  const met = done.doubts.filter((d) => d.reason === "crossing");
  session.store.set({ tab: "doubts" });
  session.say(met.length > 0 ? t("said_only", { n: met.length }) : t("said_kept", { what: chosen.map(trackName).join(", ") }), "");
  if (met[0]) session.showDoubt(met[0]);
}
