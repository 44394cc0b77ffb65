/** Questions to the reviewer, in the browser's own dialogs: Escape leaves, the focus comes back. */

import { changesBetween } from "./difference.js";
import { el, keyed } from "./el.js";
import { t } from "./strings.js";

/** @import {Plan} from "./types.js" */

/**
 * Show a dialog until it is closed.
 * @param {string} title
 * @param {(Node | string | null)[]} content
 * @param {string} [look]  a class
 * @returns {{dialog: HTMLDialogElement, closed: Promise<string>}} what the button said that closed it, "" for Escape
 */
export function openDialog(title, content, look = "plain") {
  const heading = el("h2", { id: "dialog-title" }, title);
  const form = el("form", { method: "dialog" }, heading, ...content);
  const dialog = /** @type {HTMLDialogElement} */ (el(`dialog.${look}`, { "aria-labelledby": "dialog-title" }, form));
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    });
  });
  return { dialog, closed };
}

/**
 * A button that closes its dialog and says which it was.
 * @param {string} label
 * @param {string} value
 * @param {boolean} [main]
 */
export const answer = (label, value, main = false) => el(main ? "button.main" : "button", { value }, label);

/** A button that leaves a dialog and changes nothing; the Enter key never means it. @param {string} [label] */
export function leave(label = t("cancel")) {
  return keyed(label, "", () => document.querySelector("dialog[open]")?.dispatchEvent(new Event("leave")));
}

/**
 * Let `leave` close a dialog.
 * @param {{dialog: HTMLDialogElement, closed: Promise<string>}} opened
 */
export function leaving(opened) {
  opened.dialog.addEventListener("leave", () => opened.dialog.close(""));
  return opened;
}

/**
 * Ask for one line of text. Null where nothing was said.
 * @param {{title: string, text: string, label: string, yes: string, choices?: string[]}} question
 * @returns {Promise<string | null>}
 */
export async function askText({ title, text, label, yes, choices = [] }) {
  const input = /** @type {HTMLInputElement} */ (el("input", { id: "answer", required: true, maxlength: 300, autocomplete: "off", autofocus: true }));
  const quick = choices.map((choice) => keyed(choice, "", () => {
    input.value = choice;
    input.focus();
  }));
  const { closed } = leaving(openDialog(title, [
    el("p", {}, text),
    el("label", { for: "answer" }, label),
    input,
    quick.length ? el("div.choices", { role: "group", "aria-label": t("often") }, ...quick) : null,
    el("div.answers", {}, leave(), answer(yes, "yes", true)),
  ]));
  return (await closed) === "yes" && input.value.trim() ? input.value.trim() : null;
}

/** Who reviews: asked before the first change, kept in the plan and the record. */
export function askName() {
  return askText({ title: t("name_title"), text: t("name_text"), label: t("name_label"), yes: t("go_on") });
}

/** @type {string[]} */
const given = [];

/**
 * Why something stays visible or audible.
 * @param {string} what
 */
export async function askReason(what) {
  const usual = [t("reason_consent"), t("reason_requester"), t("reason_public"), t("reason_staff")];
  const choices = [...new Set([...given, ...usual])].slice(0, 6);
  const why = await askText({ title: t("reason_title", { what }), text: t("reason_text"), label: t("reason_label"), yes: t("keep"), choices });
  if (why) given.unshift(why);
  return why;
}

/**
 * The plan was changed by somebody else: show how, and ask what to do with the change at hand.
 * @param {Plan} mine
 * @param {Plan} theirs
 */
export async function askAgain(mine, theirs) {
  const changes = changesBetween(mine, theirs).map(({ key, values }) => el("li", {}, t(key, values)));
  const { closed } = openDialog(t("conflict_title"), [
    el("p", {}, t("conflict_text")),
    el("ul.changes", {}, ...(changes.length ? changes : [el("li", {}, t("change_none"))])),
    el("div.answers", {}, answer(t("conflict_drop"), "drop"), answer(t("conflict_again"), "again", true)),
  ]);
  return (await closed) === "again";
}
