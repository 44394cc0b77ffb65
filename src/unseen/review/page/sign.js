/** Signing off: what was looked at, what rules still ask for, and the release. */

import { answer, leave, leaving, openDialog } from "./dialogs.js";
import { el } from "./el.js";
import { doubtsLeft } from "./state.js";
import { t } from "./strings.js";

/** @import {Plan} from "./types.js" */
/** @import {Session} from "./session.js" */

const IDENTIFIERS = ["faces", "bodies", "plates", "text", "codes", "voices", "clothing", "place", "gait"];
const VERDICTS = ["absent", "covered", "left"];

/**
 * @param {Session} session
 */
export async function openSign(session) {
  const { plan } = session.state;
  if (!plan) return;
  session.store.set({ playing: false });
  const said = await signDialog(session, plan);
  if (said === "") return;
  if (!(await session.sign())) return;
  if (said === "first") session.say(t("said_signed_first"), "");
  if (said === "release" && (await session.release())) showReleased(session);
}

/**
 * @param {Session} session
 * @param {Plan} plan
 */
async function signDialog(session, plan) {
  const content = el("div.columns");
  const redraw = () => {
    const now = session.state.plan ?? plan;
    content.replaceChildren(looked(session, now), asked(session, now, redraw));
  };
  redraw();
  const ways = anotherHasTo(plan) ? [answer(t("sign_only"), "first", true)]
    : [answer(t("sign_only"), "sign"), answer(t("sign_release"), "release", true)];
  const opened = leaving(openDialog(t("sign_title"), [
    content,
    el("p.small", {}, t("sign_meaning")),
    el("div.answers", {}, leave(), ...ways),
  ], "wide"));
  opened.dialog.querySelector("button.main")?.setAttribute("autofocus", "");
  /** @type {HTMLElement | null} */ (opened.dialog.querySelector("button.main"))?.focus();
  return opened.closed;
}

/**
 * @param {Session} session
 * @param {Plan} plan
 */
function looked(session, plan) {
  const left = doubtsLeft(session.state).length;
  const kept = plan.tracks.filter((track) => track.action === "keep").length;
  const share = plan.frames > 1 ? [line(plan.seen.share >= 0.995, t("sign_share", { share: `${Math.floor(plan.seen.share * 100)} %` }))] : [];
  const blind = plan.blind_spots.map((spot) => el("li", {}, `${spot.what}: ${spot.why}`));
  return el("section", {},
    el("h3", {}, t("sign_looked")),
    el("ul.checks", {},
      ...share,
      line(left === 0, t("sign_doubts", { n: plan.doubts.length - left, all: plan.doubts.length })),
      line(true, t("sign_tracks", { covered: plan.tracks.length - kept, kept })),
      plan.review ? line(!plan.review.stale, t(plan.review.stale ? "sign_stale" : "sign_by", { who: plan.review.by })) : null,
      plan.second_reviewer ? second(plan) : null),
    blind.length ? el("details", {}, el("summary", {}, t("sign_blind", { n: blind.length })), el("ul", {}, ...blind)) : null);
}

/** Whether nobody else has signed for these decisions although two have to. @param {Plan} plan */
export function anotherHasTo(plan) {
  const others = [plan.review, plan.second ?? null].filter((r) => r !== null && !r.stale && r.by !== plan.who);
  return plan.second_reviewer && others.length === 0;
}

/** Whether another person has signed for the same decisions. @param {Plan} plan */
function second(plan) {
  const signed = plan.second && !plan.second.stale ? plan.second.by : null;
  return line(signed !== null, signed ? t("sign_by", { who: signed }) : t("sign_second"));
}

/** @param {boolean} good @param {string} text */
const line = (good, text) => el(good ? "li.good" : "li.open", {}, text);

/**
 * What rules ask for, and where the reviewer says what they saw.
 * @param {Session} session
 * @param {Plan} plan
 * @param {() => void} redraw
 */
function asked(session, plan, redraw) {
  const missing = plan.missing.map((text) => el("li.open", {}, text));
  const rows = IDENTIFIERS.map((what) => statement(session, plan, what, redraw));
  return el("section", {},
    el("h3", {}, t("sign_rules")),
    missing.length ? el("ul.checks", {}, ...missing) : el("p", {}, t("sign_nothing_missing")),
    el("details", { open: missing.length > 0 }, el("summary", {}, t("sign_statements")), el("p.small", {}, t("sign_statements_text")), el("div.statements", {}, ...rows)));
}

/**
 * @param {Session} session
 * @param {Plan} plan
 * @param {string} what
 * @param {() => void} redraw
 */
function statement(session, plan, what, redraw) {
  const now = plan.statements[what] ?? "";
  const options = ["", ...VERDICTS].map((v) => el("option", { value: v, selected: v === now }, v ? t(`verdict_${v}`) : t("verdict_none")));
  const change = async (/** @type {Event} */ event) => {
    const verdict = /** @type {HTMLSelectElement} */ (event.target).value;
    if (verdict) await session.change({ do: "state", what, verdict, why: t("why_stated") });
    redraw();
  };
  return el("label.field", {}, t(`identifier_${what}`), el("select", { onchange: change }, ...options));
}

/** @param {Session} session */
function showReleased(session) {
  const { plan } = session.state;
  if (!plan?.released) return;
  const status = t(`status_${plan.released.status}`);
  openDialog(t("released_title"), [
    el("p", {}, t("released_text", { file: plan.released.file })),
    el("p", {}, t("released_status", { status })),
    el("p.small", {}, t("released_watch")),
    el("div.answers", {}, answer(t("close"), "close", true)),
  ], "good");
}
