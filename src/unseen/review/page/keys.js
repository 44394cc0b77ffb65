/** From a key press to a command. Fields, dialogs and buttons keep the keys that are theirs. */

/** @import {Command} from "./commands.js" */
/** @import {State} from "./state.js" */

/**
 * A key press as commands write it: `n`, `N`, `Ctrl+z`, `Shift+ArrowLeft`, `Space`.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey">} event
 */
export function keyOf({ key, ctrlKey, metaKey, shiftKey }) {
  const control = ctrlKey || metaKey ? "Ctrl+" : "";
  if (key === " ") return `${control}Space`;
  if ([...key].length === 1) return control + (control && shiftKey ? key.toUpperCase() : key);
  return `${control}${shiftKey ? "Shift+" : ""}${key}`;
}

/**
 * A key as it is written on a button.
 * @param {string} key
 */
export function keyCap(key) {
  const caps = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", Enter: "⏎" };
  const written = Object.entries(caps).reduce((text, [name, cap]) => text.replace(name, cap), key);
  const [last = ""] = written.split("+").slice(-1);
  const shifted = /^\p{Lu}$/u.test(last) ? written.replace(/.$/u, `Shift+${last}`) : written;
  return shifted.replace(/(^|\+)(\p{Ll})$/u, (_, before, letter) => before + letter.toUpperCase());
}

/**
 * The command that a key means now, or null.
 * @param {Command[]} commands
 * @param {string} key
 * @param {State} state
 */
export const commandFor = (commands, key, state) => commands.find((c) => c.keys.includes(key) && c.can(state)) ?? null;

/**
 * Whether a key belongs to what has the focus.
 * @param {Element | null} focused
 * @param {string} key
 */
function isTheirs(focused, key) {
  if (document.querySelector("dialog[open]")) return true;
  if (!(focused instanceof HTMLElement)) return false;
  if (focused.closest("input:not([type=checkbox]), textarea, select")) return key !== "Escape";
  if (focused.closest("button, a, summary, [role=tab]")) return key === "Space" || key === "Enter";
  return false;
}

/**
 * Listen to the keyboard.
 * @param {Command[]} commands
 * @param {() => State} state
 * @param {{letters: boolean}} settings  letters: whether keys without Control mean anything
 */
export function listenToKeys(commands, state, settings) {
  window.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (event.defaultPrevented || event.altKey || isTheirs(document.activeElement, key)) return;
    if (!settings.letters && [...event.key].length === 1 && !key.startsWith("Ctrl+")) return;
    const found = commandFor(commands, key, state());
    if (!found) return;
    event.preventDefault();
    void found.run();
  });
}
