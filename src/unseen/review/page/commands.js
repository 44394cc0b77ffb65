/** Everything a reviewer can do, each with its keys: buttons, keyboard and the list of keys all read this. */

import { inside, moved, pulled } from "./geometry.js";
import { chosenSpan, doubtsLeft } from "./state.js";
import { t, trackName } from "./strings.js";

/** @import {Box, View} from "./types.js" */
/** @import {Playback} from "./playback.js" */
/** @import {Session} from "./session.js" */
/** @import {Stage} from "./stage.js" */
/** @import {State} from "./state.js" */
/** @import {Timeline} from "./timeline.js" */

/** @typedef {"go" | "look" | "decide" | "correct" | "box" | "plan"} Group */

/**
 * @typedef {object} Command
 * @property {string} name  its sentence is `do_NAME`; those that differ in their way only share one
 * @property {Group} group
 * @property {string[]} keys  as `keyOf` writes them; the first is shown
 * @property {(state: State) => boolean} can
 * @property {() => unknown} run
 */

/**
 * @typedef {object} Parts
 * @property {Session} session
 * @property {Stage} stage
 * @property {Timeline} timeline
 * @property {Playback} playback
 * @property {(what: string) => Promise<string | null>} askReason
 * @property {{sign: () => void, help: () => void, only: () => void, style: () => void}} open
 */

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const NUDGE = 8; // picture pixels an arrow key moves a box; one with the control key
const AROUND = 1; // seconds played before and after a doubtful place

const inFile = (/** @type {State} */ s) => s.room === "file" && s.plan !== null;
const moving = (/** @type {State} */ s) => inFile(s) && s.times.length > 1;
const free = (/** @type {State} */ s) => inFile(s) && !s.draft && !s.drawing;
const chosen = (/** @type {State} */ s) => free(s) && s.selected.length > 0;
const oneTrack = (/** @type {State} */ s) => chosen(s) && s.selected.length === 1 && Boolean(s.plan?.tracks.some((track) => track.id === s.selected[0]));
const withDraft = (/** @type {State} */ s) => inFile(s) && s.draft !== null;

/**
 * @param {Parts} parts
 * @returns {Command[]}
 */
export function makeCommands(parts) {
  return [...goCommands(parts), ...lookCommands(parts), ...decideCommands(parts), ...correctCommands(parts), ...boxCommands(parts), ...planCommands(parts)];
}

/** @param {Parts} parts @returns {Command[]} */
function goCommands({ session, playback }) {
  const still = (/** @type {State} */ s) => moving(s) && !s.draft;
  const halt = (/** @type {() => void} */ act) => () => {
    session.store.set({ playing: false });
    act();
  };
  const step = (/** @type {number} */ by) => halt(() => session.go(session.state.frame + by));
  const place = () => {
    const { plan, doubt, times } = session.state;
    const found = plan?.doubts.find((d) => d.id === doubt);
    const around = Math.round(AROUND * (plan?.rate || 25));
    if (found) playback.stretch(Math.max(0, found.first - around), Math.min(times.length - 1, found.last + around));
  };
  return [
    { name: "next_doubt", group: "go", keys: ["n"], can: inFile, run: () => session.toDoubt(1) },
    { name: "previous_doubt", group: "go", keys: ["N"], can: inFile, run: () => session.toDoubt(-1) },
    { name: "play", group: "go", keys: ["Space"], can: still, run: () => playback.toggle() },
    { name: "play_place", group: "go", keys: ["p"], can: (s) => still(s) && s.doubt !== null, run: place },
    { name: "watch", group: "go", keys: ["w"], can: still, run: () => watchAll(session, playback) },
    { name: "step_on", group: "go", keys: ["ArrowRight"], can: still, run: step(1) },
    { name: "step_back", group: "go", keys: ["ArrowLeft"], can: still, run: step(-1) },
    { name: "second_on", group: "go", keys: ["Shift+ArrowRight"], can: still, run: halt(() => session.skip(1)) },
    { name: "second_back", group: "go", keys: ["Shift+ArrowLeft"], can: still, run: halt(() => session.skip(-1)) },
    { name: "start", group: "go", keys: ["Home"], can: still, run: halt(() => session.go(0)) },
    { name: "end", group: "go", keys: ["End"], can: still, run: halt(() => session.go(Infinity)) },
    { name: "listen", group: "go", keys: ["v"], can: (s) => moving(s) && Boolean(s.plan?.audible), run: () => session.store.set({ listening: !session.state.listening }) },
    { name: "slower", group: "go", keys: ["<"], can: moving, run: () => changeSpeed(session, -1) },
    { name: "faster", group: "go", keys: [">"], can: moving, run: () => changeSpeed(session, 1) },
    { name: "grid", group: "go", keys: ["g"], can: (s) => inFile(s) && s.total > 1, run: () => session.toGrid() },
  ];
}

/**
 * Play what was not shown yet, as it will be released.
 * @param {Session} session
 * @param {Playback} playback
 */
function watchAll(session, playback) {
  session.store.set({ view: "released", doubt: null, selected: [] });
  if (!session.state.playing) playback.watch();
}

/** @param {Session} session @param {number} by */
function changeSpeed(session, by) {
  const at = SPEEDS.indexOf(session.state.speed);
  session.store.set({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))] ?? 1 });
}

/** @param {Parts} parts @returns {Command[]} */
function lookCommands({ session, stage, timeline }) {
  const view = (/** @type {View} */ chosenView) => () => session.store.set({ view: chosenView });
  return [
    { name: "view_through", group: "look", keys: ["1"], can: inFile, run: view("through") },
    { name: "view_released", group: "look", keys: ["2"], can: inFile, run: view("released") },
    { name: "view_compare", group: "look", keys: ["3"], can: inFile, run: view("compare") },
    { name: "zoom_fit", group: "look", keys: ["z"], can: inFile, run: () => stage.toggleFit() },
    { name: "zoom_in", group: "look", keys: ["+", "="], can: inFile, run: () => stage.zoom(1.4) },
    { name: "zoom_out", group: "look", keys: ["-"], can: inFile, run: () => stage.zoom(1 / 1.4) },
    { name: "timeline_near", group: "look", keys: ["."], can: moving, run: () => timeline.magnify(1.6) },
    { name: "timeline_far", group: "look", keys: [","], can: moving, run: () => timeline.magnify(1 / 1.6) },
  ];
}

/** @param {Parts} parts @returns {Command[]} */
function decideCommands({ session, askReason, open }) {
  const { store } = session;
  const names = () => {
    const all = [...(store.state.plan?.tracks ?? []), ...(store.state.plan?.silences ?? []).map((s) => ({ ...s, kind: "voice" }))];
    return store.state.selected.map((id) => trackName(all.find((each) => each.id === id) ?? { id })).join(", ");
  };
  const decide = async (/** @type {Record<string, unknown>} */ edit, /** @type {string} */ said) => {
    const { selected, doubt } = store.state;
    const what = names();
    const done = await session.change({ do: "decide", tracks: selected, ...edit });
    if (!done) return;
    if (doubt !== null) await goOn(session);
    session.say(t(said, { what }), "");
  };
  const keep = async () => {
    const why = await askReason(names());
    if (why) await decide({ action: "keep", why }, "said_kept");
  };
  const accept = async () => {
    if (await session.change({ do: "accept", doubt: store.state.doubt, why: t("why_accepted") })) await goOn(session);
  };
  return [
    { name: "accept", group: "decide", keys: ["a"], can: (s) => free(s) && s.doubt !== null, run: accept },
    { name: "drop", group: "decide", keys: ["x"], can: chosen, run: () => decide({ do: "remove", why: t("why_dropped") }, "said_dropped") },
    { name: "keep", group: "decide", keys: ["k"], can: chosen, run: keep },
    { name: "cover", group: "decide", keys: ["c"], can: chosen, run: () => decide({ action: "cover", why: t("why_covered") }, "said_covered") },
    { name: "only", group: "decide", keys: ["l"], can: (s) => chosen(s) && Boolean(s.plan?.tracks.some((track) => s.selected.includes(track.id))), run: open.only },
  ];
}

/** After a decision: to the next doubtful place, or away from the last one. @param {Session} session */
async function goOn(session) {
  if (doubtsLeft(session.state).length > 0) await session.toDoubt(1);
  else session.store.set({ doubt: null, selected: [] });
}

/** @param {Parts} parts @returns {Command[]} */
function correctCommands({ session, stage }) {
  const { store } = session;
  const draw = () => store.set({ drawing: true, draft: null, playing: false, doubt: null, selected: [], view: "through" });
  const edit = () => {
    const one = stage.selectedOutline();
    const kind = store.state.plan?.tracks.find((track) => track.id === one?.track)?.kind ?? "zone";
    if (one) store.set({ draft: { box: one.box, track: one.track, kind, placed: true }, playing: false });
  };
  const one = (/** @type {string} */ what, /** @type {(track: {first: number, last: number}, frame: number) => object} */ more) => () => {
    const track = store.state.plan?.tracks.find((each) => each.id === store.state.selected[0]);
    return track && session.change({ do: what, track: track.id, ...more(track, store.state.frame) });
  };
  const mute = () => {
    const span = chosenSpan(store.state);
    const { times, plan } = store.state;
    if (!span) return session.say(t("choose_span"), "");
    const [start, end] = [times[span[0]] ?? 0, times[span[1] + 1] ?? plan?.duration ?? 0];
    return session.change({ do: "mute", start, end }).then((done) => done && store.set({ from: null, to: null, tab: "sound" }));
  };
  const joinable = (/** @type {State} */ s) => chosen(s) && s.selected.length === 2;
  return [
    { name: "draw", group: "correct", keys: ["d"], can: (s) => inFile(s) && !s.drawing, run: draw },
    { name: "edit", group: "correct", keys: ["e"], can: oneTrack, run: edit },
    { name: "split", group: "correct", keys: ["s"], can: (s) => oneTrack(s) && moving(s), run: one("split", (_, frame) => ({ frame })) },
    { name: "join", group: "correct", keys: ["j"], can: joinable, run: () => session.change({ do: "join", tracks: store.state.selected }) },
    { name: "trim_start", group: "correct", keys: ["["], can: (s) => oneTrack(s) && moving(s), run: one("trim", ({ last }, frame) => ({ first: frame, last })) },
    { name: "trim_end", group: "correct", keys: ["]"], can: (s) => oneTrack(s) && moving(s), run: one("trim", ({ first }, frame) => ({ first, last: frame })) },
    { name: "unplace", group: "correct", keys: ["u"], can: oneTrack, run: one("unplace", (_, frame) => ({ frame })) },
    { name: "span_from", group: "correct", keys: ["i"], can: moving, run: () => store.set({ from: store.state.frame }) },
    { name: "span_to", group: "correct", keys: ["o"], can: moving, run: () => store.set({ to: store.state.frame }) },
    { name: "mute", group: "correct", keys: ["m"], can: (s) => moving(s) && Boolean(s.plan?.sound), run: mute },
  ];
}

/** @param {Parts} parts @returns {Command[]} */
function boxCommands({ session, stage }) {
  const { store } = session;
  const change = (/** @type {(box: Box) => Box} */ how) => () => {
    const { draft } = store.state;
    if (draft) store.set({ draft: { ...draft, box: inside(how(draft.box), stage.picture) } });
  };
  /** @type {[string, number, number][]} */
  const ways = [["ArrowLeft", -1, 0], ["ArrowRight", 1, 0], ["ArrowUp", 0, -1], ["ArrowDown", 0, 1]];
  const arrows = ways.flatMap(([key, x, y]) => [
    { name: "move", keys: [key], run: change((box) => moved(box, x * NUDGE, y * NUDGE)) },
    { name: "nudge", keys: [`Ctrl+${key}`], run: change((box) => moved(box, x, y)) },
    { name: "pull", keys: [`Shift+${key}`], run: change((box) => pulled(box, "se", x * NUDGE, y * NUDGE)) },
  ]);
  const begin = () => {
    const { width, height } = stage.picture;
    const side = Math.round(Math.min(width, height) / 6);
    const [x, y] = stage.inPicture([stage.canvas.width / 2, stage.canvas.height / 2]);
    const box = inside([Math.round(x - side / 2), Math.round(y - side / 2), side, side], stage.picture);
    store.set({ draft: { box, track: null, kind: "face", placed: false } });
  };
  const confirm = () => confirmDraft(session);
  return [
    { name: "confirm", group: "box", keys: ["Enter", "f"], can: withDraft, run: confirm },
    { name: "here_only", group: "box", keys: ["h"], can: (s) => placedNew(s) && moving(s), run: () => drawOver(session, null) },
    { name: "over_span", group: "box", keys: ["b"], can: (s) => placedNew(s) && moving(s), run: () => drawOver(session, wholeOrSpan(store.state)) },
    { name: "begin_box", group: "box", keys: ["Enter"], can: (s) => s.drawing && !s.draft, run: begin },
    ...arrows.map((a) => ({ ...a, group: /** @type {Group} */ ("box"), can: withDraft })),
  ];
}

/**
 * What the Enter key means now, as a key of the strings.
 * @param {State} state
 */
export function confirmLabel({ draft, times }) {
  if (draft?.track) return "do_confirm_edit";
  if (!draft?.placed) return "do_confirm_box";
  return times.length > 1 ? "do_confirm_follow" : "do_confirm_photo";
}

const placedNew = (/** @type {State} */ s) => Boolean(s.draft && !s.draft.track && s.draft.placed);

/** @param {State} state @returns {[number, number]} */
export const wholeOrSpan = (state) => chosenSpan(state) ?? [0, state.times.length - 1];

/**
 * What the Enter key means for a box: it stays where it is, or what is in it is followed.
 * @param {Session} session
 */
export async function confirmDraft(session) {
  const { draft, frame, times } = session.state;
  if (!draft) return null;
  if (!draft.track && !draft.placed) return session.store.set({ draft: { ...draft, placed: true }, drawing: false });
  if (!draft.track && times.length <= 1) return drawOver(session, null);
  session.store.set({ draft: null, drawing: false });
  if (draft.track) return session.change({ do: "place", track: draft.track, frame, box: draft.box });
  const done = await session.follow(frame, draft.box, draft.kind);
  if (done) session.say(t("said_followed"), "");
  return done;
}

/**
 * Cover the box in one frame, or over a span.
 * @param {Session} session
 * @param {[number, number] | null} span
 */
export async function drawOver(session, span) {
  const { draft, frame, plan } = session.state;
  if (!draft) return;
  const [first, last] = span ?? [frame, frame];
  session.store.set({ draft: null, drawing: false });
  const known = new Set(plan?.tracks.map((track) => track.id));
  const done = await session.change({ do: "draw", first, last, box: draft.box, kind: draft.kind });
  const made = done?.tracks.filter((track) => !known.has(track.id)).map((track) => track.id);
  if (made?.length) session.store.set({ selected: made, from: null, to: null });
}

/** @param {Parts} parts @returns {Command[]} */
function planCommands({ session, open }) {
  return [
    { name: "undo", group: "plan", keys: ["Ctrl+z"], can: (s) => inFile(s) && Boolean(s.plan?.can_undo), run: () => session.undo() },
    { name: "redo", group: "plan", keys: ["Ctrl+Z", "Ctrl+y"], can: (s) => inFile(s) && Boolean(s.plan?.can_redo), run: () => session.redo() },
    { name: "style", group: "plan", keys: ["y"], can: free, run: open.style },
    { name: "sign", group: "plan", keys: ["r"], can: free, run: open.sign },
    { name: "help", group: "plan", keys: ["?"], can: () => true, run: open.help },
    { name: "leave", group: "plan", keys: ["Escape"], can: inFile, run: () => leave(session) },
  ];
}

/** One thing less at each press: the box, the drawing, the notice, the span, the choice. @param {Session} session */
function leave(session) {
  const { draft, drawing, notice, from, to } = session.state;
  if (draft || drawing) session.store.set({ draft: null, drawing: false });
  else if (notice) session.store.set({ notice: null });
  else if (from !== null || to !== null) session.store.set({ from: null, to: null });
  else session.store.set({ selected: [], doubt: null, playing: false });
}
