/** Putting the page together. */

import { api } from "./api.js";
import { makeCommands } from "./commands.js";
import { askAgain, askName, askReason } from "./dialogs.js";
import { showDoubts } from "./doubts.js";
import { byId, el, fill } from "./el.js";
import { Frames } from "./frames.js";
import { Grid } from "./grid.js";
import { Hand } from "./hand.js";
import { openHelp } from "./help.js";
import { Inspector } from "./inspector.js";
import { listenToKeys } from "./keys.js";
import { openOnly } from "./only.js";
import { Outlines } from "./outlines.js";
import { watchScheme } from "./palette.js";
import { Playback } from "./playback.js";
import { Session } from "./session.js";
import { openSign } from "./sign.js";
import { Sound } from "./sound.js";
import { Stage } from "./stage.js";
import { doubtsLeft, newState } from "./state.js";
import { chooseLanguage, loadSentences, t } from "./strings.js";
import { openStyle } from "./style.js";
import { Timeline } from "./timeline.js";
import { showAdvice, showNotice, showTop, showTransport } from "./top.js";
import { showSilences, showTracks } from "./tracks.js";
import { Visits } from "./visits.js";

/** @import {Command} from "./commands.js" */

const ALIVE = 10_000; // milliseconds
const PEAKS = 4000; // points of the drawn sound

async function start() {
  const chosen = chooseLanguage(navigator.languages);
  await loadSentences(chosen);
  document.documentElement.lang = chosen;
  byId("starting").textContent = t("advice_open");

  const session = new Session(newState(), { name: askName, again: askAgain });
  const { store } = session;
  const visits = new Visits(session);
  const frames = new Frames(() => stage.refresh());
  const outlines = new Outlines(() => stage.refresh());
  const stage = new Stage(byId("stage", HTMLCanvasElement), store, { frames, outlines, saw: (frame) => visits.saw(frame) });
  const parts = { scroller: byId("timeline"), canvas: byId("lanes", HTMLCanvasElement), tall: byId("lanes-tall") };
  const timeline = new Timeline(parts, session);
  const sound = new Sound(session, () => new AudioContext());
  const playback = new Playback(session, { ready: (n) => stage.ready(n), nextUnseen: (from) => visits.nextUnseen(from), heard: (seconds) => sound.follow(seconds) });

  /** @type {Command[]} */
  const commands = [];
  const settings = { letters: true };
  const open = { sign: () => void openSign(session), help: () => openHelp(commands, settings), only: () => void openOnly(session), style: () => void openStyle(session) };
  commands.push(...makeCommands({ session, stage, timeline, playback, askReason, open }));
  const named = new Map(commands.map((c) => [c.name, c]));

  new Hand(stage, session, (frame, track, box) => void session.change({ do: "place", track, frame, box }));
  nameParts();
  showTop(session, named);
  showAdvice(session, named);
  showNotice(session);
  showTransport(session, named, stage);
  showDoubts(byId("doubts"), session);
  showTracks(byId("tracks"), session);
  showSilences(byId("silences"), session);
  showTabs(session);
  new Inspector(byId("inspector"), session, commands);
  new Grid(byId("grid"), byId("batch"), session);
  listenToKeys(commands, () => store.state, settings);
  watchScheme(() => {
    stage.refresh();
    timeline.refresh();
  });
  readSound(session, timeline);
  stayAlive(session, visits);

  await session.guarded(() => session.readFolder());
  const [first] = store.state.files;
  if (store.state.total === 1 && first) await session.open(first.id);
  else if (store.state.total > 1) store.set({ room: "grid" });
}

/** Names for screen readers where the page shows none. */
function nameParts() {
  byId("stage-title").textContent = t("stage");
  byId("side-title").textContent = t("side");
  byId("stage").setAttribute("aria-label", t("stage_label"));
  byId("timeline").setAttribute("aria-label", t("timeline"));
  byId("lanes").setAttribute("aria-label", t("timeline_label"));
  byId("grid").setAttribute("aria-label", t("grid_label"));
  byId("batch").setAttribute("aria-label", t("grid_batch"));
  for (const [list, name] of [["doubts", "tab_doubts"], ["tracks", "tab_tracks"], ["silences", "tab_sound"]]) {
    byId(list ?? "").setAttribute("aria-label", t(name ?? ""));
  }
  for (const [panel, text] of [["doubts", "no_doubts"], ["tracks", "no_tracks"], ["sound", "no_silences"]]) {
    const none = byId(`panel-${panel}`).querySelector(".none");
    if (none) none.textContent = t(text ?? "");
  }
}

/** @param {Session} session */
function showTabs(session) {
  const { store } = session;
  const host = byId("tabs");
  host.setAttribute("aria-label", t("side"));
  const names = /** @type {const} */ (["doubts", "tracks", "sound"]);
  const show = (/** @type {typeof names[number]} */ tab, focus = false) => {
    store.set({ tab });
    if (focus) byId(`tab-${tab}`).focus();
  };
  host.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const there = names.filter((name) => name !== "sound" || store.state.plan?.sound);
    if (!by || event.shiftKey || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    show(there[(there.indexOf(store.state.tab) + by + there.length) % there.length] ?? "doubts", true);
  });
  store.on(["tab", "plan", "visited"], (state) => {
    const { plan, tab } = state;
    const counts = { doubts: doubtsLeft(state).length, tracks: plan?.tracks.length ?? 0, sound: plan?.silences.length ?? 0 };
    fill(host, ...names.filter((name) => name !== "sound" || plan?.sound).map((name) => {
      const given = { id: `tab-${name}`, role: "tab", type: "button", "aria-selected": String(tab === name), "aria-controls": `panel-${name}` };
      const focus = { tabindex: tab === name ? 0 : -1, "data-focus": name, onclick: () => show(name) };
      return el("button", { ...given, ...focus }, t(`tab_${name}`), el("span.count", {}, String(counts[name])));
    }));
    for (const name of names) byId(`panel-${name}`).hidden = name !== tab;
  });
}

/** @param {Session} session @param {Timeline} timeline */
function readSound(session, timeline) {
  let file = "";
  session.store.on(["plan"], async ({ plan }) => {
    if (!plan || plan.id === file) return;
    file = plan.id;
    const found = plan.sound ? await session.guarded(() => api.wave(plan.id, PEAKS)) : null;
    if (file === plan.id) timeline.showSound(found?.peaks ?? []);
  });
}

/** @param {Session} session @param {Visits} visits */
function stayAlive(session, visits) {
  setInterval(() => void session.guarded(() => api.alive()), ALIVE);
  window.addEventListener("pagehide", () => {
    void visits.tell();
    void api.close().catch(() => null);
  });
}

void start();
