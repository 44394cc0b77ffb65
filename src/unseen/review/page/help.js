/** The list of keys, made out of the commands themselves. */

import { answer, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { keyCap } from "./keys.js";
import { t } from "./strings.js";

/** @import {Command, Group} from "./commands.js" */

/** @type {Group[]} */
const GROUPS = ["go", "decide", "correct", "look", "box", "plan"];

/**
 * @param {Command[]} commands
 * @param {{letters: boolean}} settings
 */
export function openHelp(commands, settings) {
  const groups = GROUPS.map((group) => {
    const here = commands.filter((c) => c.group === group);
    const rows = [...new Set(here.map((c) => c.name))].map((name) => {
      const keys = here.filter((c) => c.name === name).flatMap((c) => c.keys);
      return el("tr", {}, el("td", {}, ...keys.flatMap((key) => [caps(key), " "])), el("td", {}, t(`do_${name}`)));
    });
    return el("section", {}, el("h3", {}, t(`group_${group}`)), el("table", {}, el("tbody", {}, ...rows)));
  });
  const letters = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: settings.letters }));
  letters.addEventListener("change", () => (settings.letters = letters.checked));
  openDialog(t("help_title"), [
    el("div.keys", { tabindex: 0, role: "region", "aria-labelledby": "dialog-title" }, el("div.groups", {}, ...groups)),
    el("label.field", {}, letters, t("help_letters")),
    el("div.answers", {}, answer(t("close"), "close", true)),
  ], "widest");
}

/** @param {string} key */
const caps = (key) => el("span", {}, ...keyCap(key).split(/(?<=.)\+(?=.)/).map((cap) => el("kbd", {}, cap)));
