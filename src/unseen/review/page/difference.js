/** What differs between two states of a plan, as sentences: shown when somebody else changed it. */

import { trackName } from "./strings.js";

/** @import {Plan, Silence, Track} from "./types.js" */

/** @typedef {{key: string, values: Record<string, string | number>}} Change */

/**
 * @param {Plan} before
 * @param {Plan} after
 * @returns {Change[]}
 */
export function changesBetween(before, after) {
  const changes = [...entries(before.tracks, after.tracks), ...entries(before.silences, after.silences)];
  if (JSON.stringify(before.cover) !== JSON.stringify(after.cover)) changes.push({ key: "change_style", values: {} });
  if (JSON.stringify(before.statements) !== JSON.stringify(after.statements)) changes.push({ key: "change_statements", values: {} });
  if (JSON.stringify(before.review) !== JSON.stringify(after.review)) {
    changes.push({ key: after.review ? "change_signed" : "change_unsigned", values: { who: after.review?.by ?? "" } });
  }
  return changes;
}

/**
 * @param {(Track | Silence)[]} before
 * @param {(Track | Silence)[]} after
 * @returns {Change[]}
 */
function entries(before, after) {
  const old = new Map(before.map((each) => [each.id, each]));
  const now = new Set(after.map((each) => each.id));
  const gone = before.filter((each) => !now.has(each.id)).map((each) => ({ key: "change_gone", values: { what: nameOf(each) } }));
  const other = after.flatMap((each) => {
    const was = old.get(each.id);
    const values = { what: nameOf(each), who: each.by };
    if (!was) return [{ key: "change_new", values }];
    if (was.action !== each.action) return [{ key: `change_${each.action}`, values }];
    return JSON.stringify(was) === JSON.stringify(each) ? [] : [{ key: "change_moved", values }];
  });
  return [...gone, ...other];
}

/** @param {Track | Silence} each */
const nameOf = (each) => trackName({ id: each.id, kind: "kind" in each ? each.kind : "voice" });
