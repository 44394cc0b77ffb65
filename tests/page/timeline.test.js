import assert from "node:assert/strict";
import { test } from "node:test";

import { doubtNear, inOrder, isLow, isShort, lanesInSight, magnified, secondsAt, slid, tickEvery, xAt } from "../../src/unseen/review/page/lanes.js";
import { entriesInSight, keyLeads } from "../../src/unseen/review/page/list.js";
import { dueFrame, framesAhead, onTheWay, strideOf } from "../../src/unseen/review/page/playback.js";
import { chosenSpan, doubtsLeft, frameAt } from "../../src/unseen/review/page/state.js";

const uneven = [0, 0.04, 0.2, 0.21, 1.5];

test("a moment shows the last frame that has begun, whatever the rate", () => {
  assert.deepEqual([-1, 0, 0.19, 0.2, 0.205, 1.49, 9].map((s) => frameAt(uneven, s)), [0, 0, 1, 2, 2, 3, 4]);
  assert.equal(frameAt([], 1), 0);
});

test("playing shows every frame, one after the other, as long as a screen can", () => {
  assert.equal(strideOf(1, 25), 1);
  assert.equal(strideOf(2, 25), 1);
  assert.equal(strideOf(4, 50), 4);
  assert.equal(dueFrame(uneven, 1, 0.9, 1), 2);
  assert.equal(dueFrame(uneven, 2, 0.1, 1), 2);
  assert.equal(dueFrame(uneven, 3, 99, 4), 4);
});

test("what was seen is jumped over, and what was left out at a high speed is shown after all", () => {
  assert.deepEqual([onTheWay(40, 45, 1), onTheWay(40, 90, 1), onTheWay(40, 3, 1)], [40, 90, 3]);
  assert.deepEqual([onTheWay(40, 40, 2), onTheWay(40, 41, 2)], [40, 41]);
});

test("what is asked for begins with the frame that is shown and stays inside the clip", () => {
  assert.deepEqual(framesAhead(1, 4, false, 1), [1, 2, 3]);
  assert.equal(framesAhead(10, 1000, true, 2).at(-1), 34);
  assert.equal(framesAhead(118, 120, true, 2).at(-1), 119, "the last frame, too, where a stride leads over it");
  assert.deepEqual(framesAhead(0, 0, false, 1), []);
});

test("a place on the strip and its moment are one", () => {
  const strip = { from: 10, to: 30, width: 500 };
  assert.equal(secondsAt(strip, xAt(strip, 17)), 17);
  assert.equal(xAt(strip, 10), 0);
});

test("magnifying keeps the moment where it is and never leaves the clip", () => {
  const strip = magnified({ from: 0, to: 7200, width: 900 }, 8, 3600, { duration: 7200, least: 0.5 });
  assert.deepEqual([strip.from, strip.to], [3150, 4050]);
  assert.deepEqual(slid(strip, 1e6, 7200).to, 7200);
  assert.deepEqual(magnified(strip, 1e-9, 0, { duration: 7200, least: 0.5 }), { from: 0, to: 7200, width: 900 });
});

test("marks on the ruler have room for their text", () => {
  for (const seconds of [1, 12, 300, 7200]) assert.ok((tickEvery(seconds, 900) / seconds) * 900 >= 79.999);
});

test("only what is in sight is made, of five hundred lanes and of ten thousand pictures", () => {
  const [first, last] = lanesInSight(500, 1600, 200);
  assert.ok(first <= 100 && last - first < 20);
  assert.deepEqual(entriesInSight({ count: 10_000, columns: 6, rowHeight: 190, top: 190_000, height: 600 }), [5988, 6036]);
  assert.deepEqual(entriesInSight({ count: 3, columns: 6, rowHeight: 190, top: 0, height: 600 }), [0, 3]);
});

test("arrow keys move through a grid and stop at its ends", () => {
  const shape = { count: 10, columns: 4, page: 2 };
  const from = (key, at) => keyLeads(key, at, shape);
  assert.deepEqual([from("ArrowDown", 1), from("ArrowDown", 8), from("ArrowLeft", 0), from("End", 2), from("x", 2)], [5, 8, 0, 9, null]);
  assert.equal(keyLeads("ArrowRight", 1, { ...shape, columns: 1 }), null);
});

const track = { id: "face-1", kind: "face", action: "cover", score: 0.4, start: 1, end: 1.3, drawn: false };

test("short and low tracks stand out, a person's own box does not", () => {
  assert.ok(isShort(track) && isLow(track));
  assert.ok(!isShort({ ...track, drawn: true }) && !isLow({ ...track, drawn: true, score: null }));
  assert.deepEqual(inOrder([{ ...track, id: "b", start: 4 }, track]).map((each) => each.id), ["face-1", "b"]);
});

test("the doubtful place under the pointer is the nearest, then the graver", () => {
  const near = { id: "a", first: 10, last: 20, risk: 0.2 };
  const graver = { id: "b", first: 12, last: 14, risk: 0.9 };
  assert.equal(doubtNear([near, graver], 13, 3)?.id, "b");
  assert.equal(doubtNear([near, graver], 22, 3)?.id, "a");
  assert.equal(doubtNear([near], 40, 3), null);
});

test("places that were seen or accepted are not left", () => {
  const plan = { doubts: [{ id: "a" }, { id: "b", accepted: { by: "me", why: "right" } }, { id: "c", accepted: null }] };
  assert.deepEqual(doubtsLeft({ plan, visited: ["a"] }).map((d) => d.id), ["c"]);
});

test("a span is in order, whichever end was chosen first", () => {
  assert.deepEqual(chosenSpan({ from: 9, to: 3 }), [3, 9]);
  assert.equal(chosenSpan({ from: 9, to: null }), null);
});
