/** How covers look: a solid fill by default, the weaker ones with a warning. */

import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { t } from "./strings.js";

/** @import {Session} from "./session.js" */
/** @import {Track} from "./types.js" */

const STYLES = ["solid", "mosaic", "blur"];
const LIKE_ALL = "";

/**
 * How the covers of the chosen tracks look, where that is not how all others do.
 * @param {Session} session
 * @param {Track[]} tracks
 */
export function ownStyle(session, tracks) {
  const { plan } = session.state;
  const own = new Set(tracks.map((track) => track.style ?? LIKE_ALL));
  const now = own.size === 1 ? [...own][0] : undefined;
  const like = el("option", { value: LIKE_ALL, selected: now === LIKE_ALL }, t("style_like_all", { style: t(`style_${plan?.cover.style ?? "solid"}`) }));
  const mixed = now === undefined ? [el("option", { value: "mixed", selected: true, disabled: true }, t("style_mixed"))] : [];
  const options = STYLES.map((s) => el("option", { value: s, selected: s === now }, t(`style_${s}`)));
  const select = /** @type {HTMLSelectElement} */ (el("select", { id: "own-style", "data-focus": "own-style" }, ...mixed, like, ...options));
  select.addEventListener("change", () => void session.change({ do: "dress", tracks: tracks.map((track) => track.id), style: select.value || null }));
  const weak = [...own].some((s) => s !== LIKE_ALL && s !== "solid");
  return [el("label.field", {}, t("own_style"), select), weak ? el("p.warning", { role: "status" }, t("style_warning")) : null];
}

/** @param {Session} session */
export async function openStyle(session) {
  const { plan } = session.state;
  if (!plan) return;
  const options = STYLES.map((s) => el("option", { value: s, selected: s === plan.cover.style }, t(`style_${s}`)));
  const style = /** @type {HTMLSelectElement} */ (el("select", { autofocus: true }, ...options));
  const colour = /** @type {HTMLInputElement} */ (el("input", { type: "color", value: plan.cover.colour }));
  const reach = /** @type {HTMLInputElement} */ (el("input", { type: "range", min: 0, max: 100, step: 5, value: Math.round(plan.cover.padding * 100) }));
  const shown = el("output", {}, `${reach.value} %`);
  const warning = el("p.warning", { role: "status" });
  const warn = () => (warning.textContent = style.value === "solid" ? "" : t("style_warning"));
  style.addEventListener("change", warn);
  reach.addEventListener("input", () => (shown.textContent = `${reach.value} %`));
  warn();
  const { closed } = leaving(openDialog(t("style_title"), [
    el("label.field", {}, t("style"), style),
    el("label.field", {}, t("style_colour"), colour),
    el("label.field", {}, t("style_reach"), reach, shown),
    warning,
    el("div.answers", {}, leave(), answer(t("style_yes"), "yes", true)),
  ]));
  if ((await closed) !== "yes") return;
  const padding = Number(reach.value) === Math.round(plan.cover.padding * 100) ? plan.cover.padding : Number(reach.value) / 100;
  await session.change({ do: "style", style: style.value, colour: colour.value, padding });
}
