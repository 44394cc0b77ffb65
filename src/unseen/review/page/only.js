/** Keeping one person visible: the chosen tracks stay, all others are covered, and where they meet is put to the reviewer. */

import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { t, trackName } from "./strings.js";

/** @import {Session} from "./session.js" */

/** @param {Session} session */
export async function openOnly(session) {
  const { plan, selected } = session.state;
  if (!plan) return;
  const chosen = plan.tracks.filter((track) => selected.includes(track.id));
  const why = /** @type {HTMLInputElement} */ (el("input", { id: "why", required: true, maxlength: 300, autocomplete: "off", autofocus: true }));
  const { closed } = leaving(openDialog(t("only_title", { what: chosen.map(trackName).join(", ") }), [
    el("p", {}, t("only_text", { n: plan.tracks.length - chosen.length })),
    el("p.small", {}, t("only_crossings_text")),
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
