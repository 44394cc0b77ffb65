import assert from "node:assert/strict";
import { test } from "node:test";

import { advise } from "../../src/unseen/review/page/advice.js";
import { changesBetween } from "../../src/unseen/review/page/difference.js";
import { askedWidth } from "../../src/unseen/review/page/frames.js";
import { commandFor, keyCap, keyOf } from "../../src/unseen/review/page/keys.js";
import { anotherHasTo } from "../../src/unseen/review/page/sign.js";
import { newState } from "../../src/unseen/review/page/state.js";
import { Store } from "../../src/unseen/review/page/store.js";
import { chosenAfter } from "../../src/unseen/review/page/tracks.js";

const plan = {
  id: "f1", frames: 100, doubts: [], tracks: [], silences: [], missing: [], cover: {}, statements: {},
  seen: { share: 1, visited: [] }, review: null, released: null,
};
const state = (changes, more = {}) => ({ ...newState().state, room: "file", times: [0, 0.1, 0.2], plan: { ...plan, ...changes }, ...more });

test("the page always says one next step, and the gravest first", () => {
  const doubt = { id: "d", track: "face-1", first: 0, last: 9 };
  const said = (...given) => advise(state(...given)).key;
  assert.equal(said({}, { drawing: true }), "advice_draw");
  assert.equal(said({}, { draft: { box: [0, 0, 9, 9], track: null, kind: "face", placed: true } }), "advice_placed");
  assert.equal(said({ doubts: [doubt] }), "advice_doubts");
  assert.equal(said({ doubts: [doubt, { ...doubt, id: "e" }] }, { doubt: "d", visited: ["d"] }), "advice_here");
  assert.equal(said({ seen: { share: 0.4, visited: [] } }), "advice_play");
  assert.equal(said({ seen: { share: 0.4, visited: [] } }, { times: [0] }), "advice_sign");
  assert.equal(said({ missing: ["a word on clothing"] }), "advice_missing");
  assert.equal(said({}), "advice_sign");
  assert.equal(said({ review: { by: "me", on: "", stale: true } }), "advice_sign");
  assert.equal(said({ review: { by: "me", on: "", stale: false } }), "advice_signed");
  assert.equal(said({ released: { status: "covered", file: "a.mp4" } }), "advice_released");
});

const face = { id: "face-1", kind: "face", action: "cover", by: "unseen", why: "", start: 0, end: 4, crosses: ["body-2"] };
const body = { ...face, id: "body-2", kind: "body", start: 3, end: 9, crosses: ["face-1"] };

test("what somebody else changed is told track by track", () => {
  const before = { ...plan, tracks: [face, body] };
  const after = { ...plan, tracks: [{ ...face, action: "keep", by: "desk" }, { ...body, id: "body-3" }], review: { by: "desk" } };
  const keys = changesBetween(before, after).map((change) => change.key);
  assert.deepEqual(keys, ["change_gone", "change_keep", "change_new", "change_signed"]);
  assert.deepEqual(changesBetween(before, before), []);
});

test("keys are read the same with and without Shift, Control and Command", () => {
  const press = (key, more = {}) => keyOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...more });
  assert.equal(press("N", { shiftKey: true }), "N");
  assert.equal(press("?", { shiftKey: true }), "?");
  assert.equal(press("z", { metaKey: true }), "Ctrl+z");
  assert.equal(press("z", { ctrlKey: true, shiftKey: true }), "Ctrl+Z");
  assert.equal(press("ArrowLeft", { shiftKey: true }), "Shift+ArrowLeft");
  assert.equal(press(" "), "Space");
});

test("a key is written as one would press it", () => {
  assert.deepEqual(["n", "N", "Ctrl+z", "Ctrl+Z", "Shift+ArrowLeft", "+", "Escape"].map(keyCap), ["N", "Shift+N", "Ctrl+Z", "Ctrl+Shift+Z", "Shift+←", "+", "Esc"]);
});

test("a key means what can be done now", () => {
  const commands = [
    { name: "confirm", keys: ["Enter"], can: (s) => s.draft !== null },
    { name: "begin", keys: ["Enter"], can: (s) => s.drawing },
  ];
  assert.equal(commandFor(commands, "Enter", state({}, { drawing: true }))?.name, "begin");
  assert.equal(commandFor(commands, "Enter", state({})), null);
});

test("a choice grows with Control and reaches with Shift", () => {
  const order = ["a", "b", "c", "d"];
  assert.deepEqual(chosenAfter(order, ["a"], "c", { add: false, reach: false }), ["c"]);
  assert.deepEqual(chosenAfter(order, ["a"], "c", { add: true, reach: false }), ["a", "c"]);
  assert.deepEqual(chosenAfter(order, ["a", "c"], "c", { add: true, reach: false }), ["a"]);
  assert.deepEqual([...chosenAfter(order, ["b"], "d", { add: false, reach: true })].sort(), ["b", "c", "d"]);
});

test("a picture is asked for as large as it is shown, never larger than it is", () => {
  assert.equal(askedWidth(0.4, { width: 1920, height: 1080 }), 960);
  assert.equal(askedWidth(3, { width: 1920, height: 1080 }), 1920);
  assert.equal(askedWidth(0.5, { width: 1080, height: 1920 }), 540);
});

test("listeners are told of what changed, once, and of nothing else", () => {
  const store = new Store({ a: 1, b: 1, c: 1 });
  const told = [];
  store.on(["a", "b"], (now) => told.push([now.a, now.b]));
  store.set({ a: 2, b: 2 });
  store.set({ c: 9 });
  store.set({ a: 2 });
  assert.deepEqual(told, [[1, 1], [2, 2]]);
});

test("the first of two who have to sign cannot release yet", () => {
  const two = { ...plan, second_reviewer: true, who: "A", second: null };
  const word = (by, stale = false) => ({ by, on: "2026-01-01", stale });
  assert.ok(anotherHasTo(two));
  assert.ok(anotherHasTo({ ...two, review: word("A") }), "one's own word is no second one");
  assert.ok(anotherHasTo({ ...two, review: word("B", true) }), "nor one for other decisions");
  assert.ok(!anotherHasTo({ ...two, review: word("B") }));
  assert.ok(!anotherHasTo({ ...two, second_reviewer: false }));
});
