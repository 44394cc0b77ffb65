/** How covers look: a solid fill by default, the weaker ones with a warning. */

import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { t } from "./strings.js";

/** @import {Session} from "./session.js" */

const STYLES = ["solid", "mosaic", "blur"];

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
