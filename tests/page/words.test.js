import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { chooseLanguage, clock, t, trackName, useSentences } from "../../src/unseen/review/page/strings.js";

const page = new URL("../../src/unseen/review/page/", import.meta.url);
const read = (language) => JSON.parse(readFileSync(new URL(`${language}.json`, page), "utf8"));
const english = read("en");
const forms = (sentence) => (typeof sentence === "string" ? [sentence] : Object.values(sentence));
const blanks = (sentence) => [...new Set(forms(sentence).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

for (const language of ["es", "zh"]) {
  test(`${language} has every sentence, with the same blanks`, () => {
    const other = read(language);
    assert.deepEqual(Object.keys(other), Object.keys(english));
    for (const key of Object.keys(english)) assert.deepEqual(blanks(other[key]), blanks(english[key]), key);
  });
}

/** Keys that the modules write out, and beginnings of those that they put together. */
function used() {
  const source = readdirSync(page).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, page), "utf8")).join("\n");
  const whole = [...source.matchAll(/\bt\("(\w+)"/g), ...source.matchAll(/\bkey: "(\w+)"/g), ...source.matchAll(/\? "(\w+_\w+)" : "/g)].map((m) => m[1]);
  const begun = [...source.matchAll(/(?:\bt\(|\bkey: )`(\w+_)\$/g)].map((m) => m[1]);
  const commands = [...source.matchAll(/\bname: "(\w+)", (?:group|keys)/g)].map((m) => `do_${m[1]}`);
  return { whole: [...new Set([...whole, ...commands])], begun: [...new Set(begun)] };
}

test("every sentence the page asks for is there", () => {
  const { whole, begun } = used();
  assert.ok(whole.length > 150 && begun.length > 8, `${whole.length} and ${begun.length}`);
  assert.deepEqual(whole.filter((key) => !(key in english)), []);
  assert.deepEqual(begun.filter((start) => !Object.keys(english).some((key) => key.startsWith(start))), []);
});

test("no sentence is kept that nothing asks for", () => {
  const source = readdirSync(page).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, page), "utf8")).join("\n");
  const { whole, begun } = used();
  const idle = Object.keys(english).filter((key) => !whole.includes(key) && !source.includes(`"${key}"`) && !begun.some((start) => key.startsWith(start)) && !/^(doubt|ask|step)_/.test(key));
  assert.deepEqual(idle, []);
});

test("blanks are filled, and the number chooses the form", () => {
  useSentences("en", english);
  assert.equal(t("advice_doubts", { n: 1 }), "1 doubtful place left. Press N to go to it.");
  assert.equal(t("advice_doubts", { n: 7 }), "7 doubtful places left. Press N to go to the next.");
  assert.equal(t("no such key"), "no such key");
  useSentences("zh", read("zh"));
  assert.match(t("advice_doubts", { n: 1 }), /1/);
  useSentences("en", english);
});

test("the reader's first language that the page has is taken", () => {
  assert.equal(chooseLanguage(["fr-FR", "es-MX", "en"]), "es");
  assert.equal(chooseLanguage(["zh-Hans-CN"]), "zh");
  assert.equal(chooseLanguage(["fr"]), "en");
});

test("a track is called by its sort and number", () => {
  assert.equal(trackName({ id: "face-12", kind: "face" }), "Face 12");
  assert.equal(trackName({ id: "odd" }), "odd");
});

test("times are never rounded up into a moment that has not come", () => {
  assert.deepEqual([clock(3.26), clock(59.99), clock(725.04, 2), clock(3723.2), clock(60, 0)], ["0:03.2", "0:59.9", "12:05.04", "1:02:03.2", "1:00"]);
});
