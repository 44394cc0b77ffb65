/** What is chosen or being drawn, and everything that can be done with it. */

import { doubtQuestion, doubtSubject, doubtText } from "./doubts.js";
import { el, fill, keyed } from "./el.js";
import { keyCap } from "./keys.js";
import { confirmLabel, wholeOrSpan } from "./commands.js";
import { chosenSpan } from "./state.js";
import { ownStyle } from "./style.js";
import { clock, kindName, t, trackName } from "./strings.js";

/** @import {Plan, Silence, Track} from "./types.js" */
/** @import {Command} from "./commands.js" */
/** @import {Session} from "./session.js" */
/** @import {Draft} from "./state.js" */

const TALL = 880; // CSS pixels: on lower screens the corrections are folded away, and their keys still work
export const KINDS = ["face", "body", "plate", "text", "code", "zone"];

export class Inspector {
  /**
   * @param {HTMLElement} host
   * @param {Session} session
   * @param {Command[]} commands
   */
  constructor(host, session, commands) {
    this.host = host;
    this.session = session;
    this.commands = new Map(commands.map((c) => [c.name, c]));
    this.opened = window.innerHeight > TALL;
    session.store.on(["plan", "selected", "doubt", "draft", "drawing", "from", "to", "times"], () => this.draw());
  }

  draw() {
    const { plan, draft, drawing, selected } = this.session.state;
    if (!plan) return fill(this.host);
    if (draft) return fill(this.host, ...this.#draft(draft));
    if (drawing) return fill(this.host, el("p.hint", {}, t("hint_draw")));
    const tracks = plan.tracks.filter((track) => selected.includes(track.id));
    const silences = plan.silences.filter((each) => selected.includes(each.id));
    fill(this.host, ...(tracks.length + silences.length > 0 ? this.#chosen(plan, tracks, silences) : this.#nothing()));
  }

  /**
   * Buttons for those of the commands that mean something now.
   * @param {string[]} names
   * @param {string} [main]  the one that stands out
   */
  #buttons(names, main) {
    const { state } = this.session;
    const found = names.map((name) => this.commands.get(name)).filter((c) => c?.can(state));
    return el("div.buttons", {}, ...found.map((c) => {
      const { name, keys, run } = /** @type {Command} */ (c);
      return keyed(t(name === "confirm" ? confirmLabel(state) : `do_${name}`), keyCap(keys[0] ?? ""), () => void run(), { "data-focus": name, class: name === main ? "main" : "" });
    }));
  }

  #nothing() {
    const { times, plan } = this.session.state;
    const span = chosenSpan(this.session.state);
    const chosen = span ? t("span_chosen", { from: clock(times[span[0]] ?? 0, 2), to: clock(times[span[1]] ?? 0, 2) }) : t("hint_nothing");
    return [el("p.hint", {}, chosen), this.#buttons(span && plan?.sound ? ["mute", "draw"] : ["draw", "span_from", "span_to"])];
  }

  /** @param {Draft} draft */
  #draft(draft) {
    const { times } = this.session.state;
    const [x, y, width, height] = draft.box;
    const size = el("p.facts", {}, t("box_at", { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }));
    const leave = ["leave"];
    if (draft.track) return [el("h3", {}, t("edit_title")), size, this.#buttons(["confirm", ...leave], "confirm")];
    if (!draft.placed) return [el("h3", {}, t("draw_title")), size, this.#buttons(["confirm", ...leave], "confirm")];
    const kinds = this.#kinds(draft.kind, (kind) => this.session.store.set({ draft: { ...draft, kind } }));
    const [first, last] = wholeOrSpan(this.session.state);
    const over = t("over_span", { from: clock(times[first] ?? 0), to: clock(times[last] ?? 0) });
    const buttons = this.#buttons(["confirm", "here_only", "over_span", ...leave], "confirm");
    return [el("h3", {}, t("draw_title")), kinds, buttons, times.length > 1 ? el("p.hint", {}, over) : null].filter((c) => c !== null);
  }

  /**
   * @param {string} kind
   * @param {(kind: string) => void} changed
   */
  #kinds(kind, changed) {
    const all = KINDS.includes(kind) ? KINDS : [...KINDS, kind];
    const options = all.map((k) => el("option", { value: k, selected: k === kind }, kindName(k)));
    const select = el("select", { id: "kind", "data-focus": "kind", onchange: (/** @type {Event} */ event) => changed(/** @type {HTMLSelectElement} */ (event.target).value) }, ...options);
    return el("label.field", {}, t("kind"), select);
  }

  /**
   * @param {Plan} plan
   * @param {Track[]} tracks
   * @param {Silence[]} silences
   */
  #chosen(plan, tracks, silences) {
    const place = plan.doubts.find((d) => d.id === this.session.state.doubt);
    const [one] = tracks.length + silences.length === 1 ? [...tracks, ...silences] : [];
    const heading = el("h3", {}, one ? trackName({ id: one.id, kind: "kind" in one ? one.kind : "voice" }) : t("chosen_many", { n: tracks.length + silences.length }));
    const question = place ? [el("p.why", {}, (place.other ? `${doubtSubject(plan, place)}: ` : "") + t("doubt_and_question", { doubt: doubtText(place), question: doubtQuestion(place) }))] : [];
    const kept = [...tracks, ...silences].some((each) => each.action === "keep");
    const decide = ["accept", ...(kept ? ["cover"] : ["drop", "keep"]), "only"];
    const facts = one ? this.#facts(one) : null;
    const kinds = tracks.length === 1 && one && "kind" in one ? this.#kinds(one.kind, (kind) => void this.session.change({ do: "kind", track: one.id, kind })) : null;
    const unmute = silences.length === 1 && one?.score === null ? el("div.buttons", {}, keyed(t("do_unmute"), "", () => void this.session.change({ do: "unmute", silence: one.id }))) : null;
    const covered = tracks.length > 0 && silences.length === 0 && tracks.every((track) => track.action === "cover");
    const style = covered ? ownStyle(this.session, tracks) : [];
    return [heading, facts, ...question, this.#buttons(decide, place ? "accept" : ""), unmute, this.#corrections([kinds, ...style])].filter((c) => c !== null);
  }

  /** @param {(HTMLElement | null)[]} fields */
  #corrections(fields) {
    const correct = ["edit", "split", "join", "trim_start", "trim_end", "unplace"];
    if (!correct.some((name) => this.commands.get(name)?.can(this.session.state))) return null;
    const summary = el("summary", { "data-focus": "correct", onclick: () => (this.opened = !this.opened) }, t("group_correct"));
    const folded = el("details", { open: this.opened }, summary, ...fields, this.#buttons(correct));
    return folded;
  }

  /** @param {Track | Silence} one */
  #facts(one) {
    const moving = this.session.state.times.length > 1;
    const when = moving ? t("from_to", { from: clock(one.start, 2), to: clock(one.end, 2) }) : "";
    const what = t(one.action === "keep" ? "state_keep" : "state_cover", { by: one.by, why: one.why });
    const score = one.score === null ? t("by_hand") : t("score_long", { score: one.score.toFixed(2) });
    return el("p.facts", {}, [when, score, what].filter(Boolean).join(" · "));
  }
}
