/** The texts of the frame around the slides. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asOfText, createFrame, dateTexts, progress, shift } from "../../../display/stage/frame.js";
import { desired, T } from "../fakes.mjs";
import { fakePage } from "../page.mjs";

const ZONE = "Asia/Ho_Chi_Minh";
const { calendar } = desired();
const place = {
  position: 4,
  count: 12,
  next: "Lịch tiếp công dân",
  coming: ["Lịch tiếp công dân", "Tin b"],
  start: T - 2_500,
  until: T + 7_500,
};
const seen = {
  now: T + 32_000,
  zone: ZONE,
  calendar,
  trusted: true,
  place,
  name: "Ủy ban nhân dân xã Minh Tân",
  area: "Xã Minh Tân",
  stale: false,
  heard: T,
  alerts: { kind: "none", text: "" },
};

test("clock and dates", () => {
  assert.deepEqual(dateTexts(T + 32_000, ZONE, calendar, true), {
    minutes: "14:05",
    seconds: ":32",
    solar: "Chủ nhật, 22/11/2026",
    lunar: "Âm lịch: 14 tháng Mười, Bính Ngọ",
    short: "14 tháng Mười âm lịch",
  });
});

test("after the end of the calendar the solar date continues without a lunar date", () => {
  const { solar, lunar } = dateTexts(T + 30 * 86_400_000, ZONE, calendar, true);
  assert.deepEqual([solar, lunar], ["Thứ ba, 22/12/2026", ""]);
});

test("midnight is the board's, not Greenwich's", () => {
  assert.equal(dateTexts(Date.UTC(2026, 10, 22, 17), ZONE, [], true).solar, "Thứ hai, 23/11/2026");
  assert.equal(dateTexts(Date.UTC(2026, 10, 22, 17), ZONE, [], true).minutes, "00:00");
});

test("a time that is not trusted is not shown", () => {
  assert.deepEqual(Object.values(dateTexts(T, ZONE, calendar, false)), ["", "", "", "", ""]);
});

test("the text of how old the content is", () => {
  assert.equal(asOfText(T, T + 60_000, ZONE), "Cập nhật lúc 14:05");
  assert.equal(asOfText(T, T + 86_400_000, ZONE), "Cập nhật lúc 14:05 ngày 22/11/2026");
  assert.equal(asOfText(null, T, ZONE), "");
});

test("progress: the number of parts, the current one, and how much of it has passed", () => {
  assert.deepEqual(progress(place, T), { parts: 12, at: 3, part: 0.25, count: "4 / 12" });
  assert.equal(progress(place, T + 99_999).part, 1);
  assert.deepEqual(progress(null, T), { parts: 0, at: -1, part: 0, count: "" });
  const long = progress({ ...place, position: 51, count: 100 }, T);
  assert.deepEqual([long.parts, long.at, long.part], [1, 0, 0.5025]);
});

test("against burn-in the frame moves by 4 to 8 px every three minutes", () => {
  const places = Array.from({ length: 9 }, (_, i) => shift(T + i * 180_000));
  for (let i = 1; i < places.length; i += 1) {
    const moved = Math.hypot(places[i].x - places[i - 1].x, places[i].y - places[i - 1].y);
    assert.ok(moved >= 4 && moved <= 8, `${moved}`);
  }
});

test("drawing again changes only what is different", () => {
  const page = fakePage();
  const frame = createFrame(page.document);
  frame.render(seen);
  const words = (id) => page.get(id).textContent;
  assert.deepEqual(["clock-minutes", "clock-seconds", "count", "next-title"].map(words), [
    "14:05",
    ":32",
    "4 / 12",
    "Lịch tiếp công dân",
  ]);
  const parts = [...page.get("progress").children];
  assert.deepEqual(
    parts.map(({ className }) => className),
    ["past", "past", "past", "now", ...Array(8).fill("")],
  );
  assert.equal(parts[3].style.getPropertyValue("--part"), "1.000");
  assert.equal(page.get("as-of").hidden, true);
  const node = page.get("board-name").firstChild;
  frame.render({ ...seen, stale: true, place: { ...place, position: 5, count: 6 } });
  assert.equal(page.get("board-name").firstChild, node);
  assert.equal(page.get("as-of").textContent, "Cập nhật lúc 14:05");
  assert.equal(page.get("as-of").hidden, false);
  assert.equal(page.get("progress").children.length, 6);
  assert.equal(parts[3].style.getPropertyValue("--part"), "");
});

test("missing data on alerts are said in the footer, in the banner, and for six seconds a minute on diodes", () => {
  const page = fakePage();
  const frame = createFrame(page.document);
  const text = "Chưa có dữ liệu cảnh báo từ 13:40";
  const alerts = { kind: "missing", text };
  frame.render({ ...seen, alerts, now: T + 5_999 });
  assert.deepEqual([page.get("alerts").hidden, page.get("alerts").textContent], [false, text]);
  assert.equal(page.get("alerts").dataset.kind, "missing");
  assert.equal(page.get("banner-alerts").textContent, text);
  assert.deepEqual([page.get("alerts-page").hidden, page.get("alerts-page").textContent], [false, text]);
  frame.render({ ...seen, alerts, now: T + 6_000 });
  assert.equal(page.get("alerts-page").hidden, true);
});

test("that there is no alert is said in the footer alone", () => {
  const page = fakePage();
  const frame = createFrame(page.document);
  frame.render({ ...seen, alerts: { kind: "quiet", text: "Không có cảnh báo · Đài, 13:52" }, now: T });
  assert.equal(page.get("alerts").textContent, "Không có cảnh báo · Đài, 13:52");
  assert.equal(page.get("banner-alerts").textContent, "");
  assert.equal(page.get("alerts-page").hidden, true);
  frame.render({ ...seen, now: T });
  assert.equal(page.get("alerts").hidden, true);
});
