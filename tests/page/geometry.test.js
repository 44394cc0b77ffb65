import assert from "node:assert/strict";
import { test } from "node:test";

import { between, fitted, handleNear, inside, pulled, toPicture, toStage, under, zoomed } from "../../src/unseen/review/page/geometry.js";

const picture = { width: 1920, height: 1080 };

test("a fitted picture fills the stage one way and lies in its middle the other", () => {
  assert.deepEqual(fitted({ width: 960, height: 800 }, picture), { scale: 0.5, x: 0, y: 130 });
});

test("a point goes to the stage and back", () => {
  const look = { scale: 0.37, x: 12, y: -40 };
  const [x, y] = toStage(look, [300, 200, 1, 1]);
  const [px, py] = toPicture(look, [x, y]);
  assert.ok(Math.abs(px - 300) < 1e-9 && Math.abs(py - 200) < 1e-9);
});

test("what is under the pointer stays there when the picture comes closer", () => {
  const look = { scale: 1, x: 10, y: 20 };
  const closer = zoomed(look, 3, [200, 100], [0.5, 12]);
  assert.deepEqual(toPicture(closer, [200, 100]), toPicture(look, [200, 100]));
  assert.equal(zoomed(look, 100, [0, 0], [0.5, 12]).scale, 12);
});

test("a box is drawn the same from each of its corners", () => {
  const wanted = [10, 20, 31, 41];
  for (const [a, b] of [[[10, 20], [41, 61]], [[41, 61], [10, 20]], [[41, 20], [10, 61]]]) assert.deepEqual(between(a, b), wanted);
});

test("an edge that is pulled over its opposite turns the box, and never makes it empty inside the picture", () => {
  assert.deepEqual(pulled([100, 100, 50, 50], "w", 80, 0), [150, 100, 30, 50]);
  assert.deepEqual(inside([1915, -30, 0, 20], picture), [1915, 0, 4, 20]);
});

test("the nearest handle within reach is taken, and none farther away", () => {
  assert.equal(handleNear([0, 0, 10, 10], [9, 9], 6), "se");
  assert.equal(handleNear([0, 0, 100, 100], [50, 30], 6), null);
});

test("the smaller of two boxes is reached", () => {
  const body = { box: [0, 0, 200, 500], id: "body" };
  const face = { box: [50, 20, 60, 70], id: "face" };
  assert.equal(under([body, face], [70, 40])?.id, "face");
  assert.equal(under([body, face], [70, 400])?.id, "body");
  assert.equal(under([body, face], [900, 40]), null);
});
