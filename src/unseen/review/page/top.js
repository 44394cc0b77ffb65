/** The bars around the stage: which file, which view, what runs, what to do next, and playing. */

import { advise } from "./advice.js";
import { confirmLabel } from "./commands.js";
import { byId, el, fill, keyed } from "./el.js";
import { icon } from "./icons.js";
import { keyCap } from "./keys.js";
import { doubtsLeft } from "./state.js";
import { clock, t } from "./strings.js";

/** @import {Command} from "./commands.js" */
/** @import {Session} from "./session.js" */
/** @import {Stage} from "./stage.js" */
/** @import {State} from "./state.js" */

/** @typedef {Map<string, Command>} Named */

/**
 * A button with a drawing in place of words; its words are its name and its tip.
 * @param {Command} command
 * @param {string} drawing
 */
function drawn({ name, keys, run }, drawing) {
  const label = t(`do_${name}`);
  const tip = `${label} (${keyCap(keys[0] ?? "")})`;
  const made = el("button.drawn", { type: "button", "aria-label": label, title: tip, "data-focus": name, onclick: () => void run() });
  made.append(icon(drawing));
  return made;
}

/** @param {Named} commands @param {string} name */
function named(commands, name) {
  const found = commands.get(name);
  if (!found) throw new Error(`no command ${name}`);
  return found;
}

/**
 * @param {Session} session
 * @param {Named} commands
 */
export function showTop(session, commands) {
  const { store } = session;
  const grid = byId("to-grid");
  grid.append(icon("back"), el("span", {}, t("do_grid")));
  grid.addEventListener("click", () => void named(commands, "grid").run());
  const views = byId("views");
  views.setAttribute("aria-label", t("group_look"));
  store.on(["plan", "view", "room", "total", "visited", "times"], (state) => {
    const { plan, view, room, total } = state;
    document.body.dataset["room"] = room;
    grid.hidden = total < 2 || room !== "file";
    byId("name").textContent = room === "file" && plan ? plan.name : "Unseen";
    byId("facts").textContent = room === "file" && plan ? facts(state) : "";
    document.title = room === "file" && plan ? `${plan.name} · Unseen` : "Unseen";
    fill(views, ...["through", "released", "compare"].map((name) => {
      const { keys, run } = named(commands, `view_${name}`);
      return keyed(t(`view_${name}`), keyCap(keys[0] ?? ""), () => void run(), { "aria-pressed": String(view === name), "data-focus": name, title: t(`do_view_${name}`) });
    }));
    tools(session, commands, state);
  });
}

/** @param {State} state */
function facts({ plan, times }) {
  if (!plan) return "";
  const size = `${plan.width} × ${plan.height}`;
  const long = times.length > 1 ? clock(plan.duration) : "";
  const sound = plan.silenced ? t("sound_silenced") : "";
  return [plan.width > 0 ? size : "", long, sound, t("saved")].filter(Boolean).join(" · ");
}

/** @param {Session} session @param {Named} commands @param {State} state */
function tools(session, commands, { plan, room }) {
  const host = byId("tools");
  const help = drawn(named(commands, "help"), "help");
  help.replaceChildren("?");
  if (room !== "file" || !plan) return fill(host, help);
  const undo = drawn(named(commands, "undo"), "undo");
  const redo = drawn(named(commands, "redo"), "redo");
  undo.toggleAttribute("disabled", !plan.can_undo);
  redo.toggleAttribute("disabled", !plan.can_redo);
  const style = keyed(t("do_style"), "Y", () => void named(commands, "style").run(), { "data-focus": "style" });
  const ready = doubtsLeft(session.state).length === 0;
  const sign = keyed(t("do_sign"), "R", () => void named(commands, "sign").run(), { "data-focus": "sign", class: ready ? "main" : "" });
  fill(host, undo, redo, style, help, sign);
}

/**
 * The one sentence that says what to do next.
 * @param {Session} session
 * @param {Named} commands
 */
export function showAdvice(session, commands) {
  const host = byId("advice");
  session.store.on(["plan", "visited", "doubt", "drawing", "draft", "work", "away", "playing", "room", "times", "total"], (state) => {
    host.className = "";
    if (state.away) return say(host, "bad", t("away"), []);
    if (state.work) return showWork(session, host);
    if (state.room !== "file") return say(host, "calm", t(state.room === "grid" ? "advice_grid" : "advice_open"), []);
    const { key, values, command, tone } = advise(state);
    const found = command ? commands.get(command) : undefined;
    const button = found ? [keyed(buttonLabel(key, found.name, state), keyCap(found.keys[0] ?? ""), () => void found.run(), { "data-focus": "advice", class: "main" })] : [];
    say(host, tone, t(key, values), button);
  });
}

/** @param {string} key @param {string} command @param {State} state */
function buttonLabel(key, command, state) {
  if (command === "confirm") return t(confirmLabel(state));
  return t(key === "advice_here" ? "next" : `do_${command}`);
}

/** @param {HTMLElement} host @param {string} tone @param {string} text @param {Node[]} buttons */
function say(host, tone, text, buttons) {
  host.className = tone;
  const before = host.querySelector("p");
  if (before?.textContent === text && buttons.length === host.querySelectorAll("button").length) return;
  fill(host, el("p", {}, text), ...buttons);
}

/** @param {Session} session @param {HTMLElement} host */
function showWork(session, host) {
  const { work } = session.state;
  if (!work) return;
  host.className = "calm";
  const known = work.total > 0;
  let bar = host.querySelector("progress");
  if (!bar) {
    bar = /** @type {HTMLProgressElement} */ (el("progress", { "aria-label": work.text, max: 1 }));
    fill(host, el("p", {}, work.text), bar, keyed(t("stop"), "", () => void session.stopWork(), { "data-focus": "stop" }));
  }
  const text = host.querySelector("p");
  if (text && text.textContent !== work.text) text.textContent = work.text;
  if (known) bar.value = work.done / work.total;
  else bar.removeAttribute("value");
}

/**
 * What was done or refused, until the next thing.
 * @param {Session} session
 */
export function showNotice(session) {
  const host = byId("notice");
  let timer = 0;
  session.store.on(["notice"], ({ notice }) => {
    clearTimeout(timer);
    host.hidden = notice === null;
    if (!notice) return host.replaceChildren();
    host.className = notice.bad ? "bad" : "calm";
    const { frame } = notice;
    const go = frame === null ? null : keyed(t("go_there"), "", () => session.go(frame));
    const close = el("button.drawn", { type: "button", "aria-label": t("close"), onclick: () => session.store.set({ notice: null }) }, "×");
    host.replaceChildren(el("p", {}, el("b", {}, notice.text), notice.next ? ` ${notice.next}` : ""), ...(go ? [go] : []), close);
    if (!notice.bad) timer = window.setTimeout(() => session.store.set({ notice: null }), 6000);
  });
}

/**
 * Playing, stepping, the frame's number and its time.
 * @param {Session} session
 * @param {Named} commands
 * @param {Stage} stage
 */
export function showTransport(session, commands, stage) {
  const { store } = session;
  const host = byId("transport");
  host.setAttribute("aria-label", t("group_go"));
  const button = (/** @type {string} */ name, /** @type {string} */ drawing) => drawn(named(commands, name), drawing);
  const play = button("play", "play");
  const where = el("output", { id: "where", "aria-hidden": "true" });
  const speed = el("span.speed");
  const listen = button("listen", "sound");
  const zoom = el("span.speed");
  const draw = keyed(t("do_draw"), "D", () => void named(commands, "draw").run(), {});
  host.append(button("start", "first"), button("step_back", "previous"), play, button("step_on", "next"), button("end", "last"),
    where, button("slower", "minus"), speed, button("faster", "plus"), listen, el("span.gap"), draw, el("span.gap"),
    button("zoom_out", "minus"), zoom, button("zoom_in", "plus"), button("zoom_fit", "fit"));
  store.on(["playing"], ({ playing }) => play.replaceChildren(icon(playing ? "pause" : "play")));
  store.on(["listening", "plan"], ({ listening, plan }) => {
    listen.hidden = !plan?.audible;
    listen.setAttribute("aria-pressed", String(listening));
    listen.replaceChildren(icon(listening ? "sound" : "silent"));
  });
  store.on(["times"], ({ times }) => (document.body.dataset["moving"] = String(times.length > 1)));
  store.on(["frame", "times", "speed"], ({ frame, times, speed: now }) => {
    where.textContent = t("frame_of", { n: frame + 1, all: times.length, time: clock(times[frame] ?? 0, 2) });
    speed.textContent = `${now} ×`;
  });
  stage.looked = () => (zoom.textContent = `${Math.round(stage.zoomShare * 100)} %`);
}
