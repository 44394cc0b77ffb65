/** Keeping one person visible: the chosen tracks stay, all others are covered, and where they meet is shown first. */

import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { clock, t, trackName } from "./strings.js";

/** @import {Plan, Track} from "./types.js" */
/** @import {Session} from "./session.js" */

/**
 * The other tracks that meet the chosen ones, with the time they have in common.
 * @param {Plan} plan
 * @param {string[]} chosen
 * @returns {{kept: Track, other: Track, start: number, end: number}[]}
 */
export function crossings(plan, chosen) {
  const byId = new Map(plan.tracks.map((track) => [track.id, track]));
  return plan.tracks.filter((track) => chosen.includes(track.id)).flatMap((kept) =>
    kept.crosses.filter((id) => !chosen.includes(id)).flatMap((id) => {
      const other = byId.get(id);
      return other ? [{ kept, other, start: Math.max(kept.start, other.start), end: Math.min(kept.end, other.end) }] : [];
    }),
  );
}

/** @param {Session} session */
export async function openOnly(session) {
  const { plan, selected, times } = session.state;
  if (!plan) return;
  const chosen = plan.tracks.filter((track) => selected.includes(track.id));
  const meeting = crossings(plan, selected).map(({ kept, other, start, end }) => {
    const when = times.length > 1 ? `, ${clock(start)} – ${clock(end)}` : "";
    return el("li.open", {}, `${trackName(kept)} × ${trackName(other)}${when}`);
  });
  const why = /** @type {HTMLInputElement} */ (el("input", { id: "why", required: true, maxlength: 300, autocomplete: "off", autofocus: true }));
  const { closed } = leaving(openDialog(t("only_title", { what: chosen.map(trackName).join(", ") }), [
    el("p", {}, t("only_text", { n: plan.tracks.length - chosen.length })),
    meeting.length ? el("h3", {}, t("only_crossings", { n: meeting.length })) : el("p", {}, t("only_no_crossings")),
    meeting.length ? el("p.small", {}, t("only_crossings_text")) : null,
    meeting.length ? el("ul.checks.tall", {}, ...meeting) : null,
    el("label", { for: "why" }, t("reason_label")),
    why,
    el("div.answers", {}, leave(), answer(t("only_yes"), "yes", true)),
  ]));
  if ((await closed) !== "yes" || !why.value.trim()) return;
  const done = await session.change({ do: "only", tracks: chosen.map((track) => track.id), why: why.value.trim() });
  if (!done) return;
  session.store.set({ tab: "doubts" });
  const first = done.doubts.find((d) => d.reason === "crossing");
  if (first) session.showDoubt(first);
}
