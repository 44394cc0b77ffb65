import assert from "node:assert/strict";
import { test } from "node:test";

import { PIECE, Sound } from "../../src/unseen/review/page/sound.js";
import { newState } from "../../src/unseen/review/page/state.js";

const plan = { id: "f1", revision: "r1", audible: true, silenced: false };

/** A page whose sound is heard by nobody: what was asked for and what would be played when. */
function page() {
  const asked = [];
  const played = [];
  globalThis.fetch = async (path) => {
    asked.push(path);
    return { ok: true, arrayBuffer: async () => path };
  };
  const context = {
    currentTime: 10,
    state: "running",
    decodeAudioData: async (path) => path,
    createBufferSource: () => {
      const source = { connect() {}, stop: () => (source.stopped = true), start: (when, offset) => played.push({ source, when, offset }) };
      return source;
    },
  };
  const store = newState();
  store.set({ plan, playing: true, view: "released" });
  const sound = new Sound({ store, get state() { return store.state; } }, () => context);
  const settled = () => new Promise((done) => setTimeout(done, 0));
  return { asked, played, context, store, sound, settled };
}

test("the sound begins where the pictures are, and goes on piece by piece without a gap", async () => {
  const { asked, played, context, sound, settled } = page();
  sound.follow(PIECE + 1);
  await settled();
  assert.deepEqual(asked, ["/api/files/f1/sound/1.wav?covered=1", "/api/files/f1/sound/2.wav?covered=1"]);
  sound.follow(PIECE + 1);
  assert.deepEqual(played.map(({ when, offset }) => [when, offset]), [[10, 1]]);
  context.currentTime += 2.6;
  sound.follow(PIECE + 3.6);
  assert.deepEqual(played.map(({ when, offset }) => [when, offset]), [[10, 1], [13, 0]]);
});

test("where the pictures wait or jump the sound begins anew", async () => {
  const { played, context, sound, settled } = page();
  sound.follow(1);
  await settled();
  sound.follow(1);
  context.currentTime += 1;
  sound.follow(1.5);
  assert.ok(played[0]?.source.stopped);
  assert.deepEqual([played[1]?.when, played[1]?.offset], [11, 1.5]);
});

test("what is silenced is silent as released, and is asked for anew when the plan changes", async () => {
  const { asked, sound, store, settled } = page();
  sound.follow(0);
  await settled();
  store.set({ view: "through" });
  sound.follow(0);
  assert.ok(asked.includes("/api/files/f1/sound/0.wav?covered=0"));
  await settled();
  const before = asked.length;
  store.set({ plan: { ...plan, revision: "r2" } });
  sound.follow(0);
  assert.equal(asked.length, before, "sound as it is stays as it is");
  store.set({ view: "released" });
  sound.follow(0);
  assert.ok(asked.length > before);
});

test("nothing sounds at another speed, when switched off, or where all will be silent", () => {
  for (const change of [{ speed: 2 }, { listening: false }, { playing: false }, { plan: { ...plan, silenced: true } }, { plan: { ...plan, audible: false } }]) {
    const { asked, sound, store } = page();
    store.set(change);
    sound.follow(0);
    assert.deepEqual(asked, []);
  }
});
