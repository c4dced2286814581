/** What a board says of the data on alerts: no data is never "no warning". */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alertLine } from "../../../display/state/alerts.js";
import { EMPTY, reduce } from "../../../display/state/state.js";
import { desired, MINUTE, notice, T } from "../fakes.mjs";

const NONE = { kind: "none", text: "" };
const MISSING = "Chưa có dữ liệu cảnh báo";

function state(alerts, more = {}) {
  const known = { sources: ["Đài khí tượng"], since: T, good: true, waiting: false };
  const board = { alerts: alerts && { ...known, ...alerts } };
  return reduce(EMPTY, { type: "state", state: desired({ board, ...more }) });
}

test("a board on which no source counts says nothing", () => {
  assert.deepEqual(alertLine(EMPTY, T, true), NONE);
  assert.deepEqual(alertLine(state(null), T, true), NONE);
  const old = reduce(EMPTY, { type: "state", state: desired() });
  assert.deepEqual(alertLine(old, T, true), NONE);
});

test("no alert is said with sources and time, while all are heard and nothing is in force", () => {
  const both = state({ sources: ["Đài khí tượng", "Sở Nông nghiệp"] });
  const text = "Không có cảnh báo · Đài khí tượng, Sở Nông nghiệp, 14:05";
  assert.deepEqual(alertLine(both, T + MINUTE, true), { kind: "quiet", text });
  for (const level of ["urgent", "priority", "normal"])
    assert.deepEqual(alertLine(state({}, { notices: [notice("bao", { level })] }), T, true), NONE);
  assert.deepEqual(alertLine(state({ waiting: true }), T, true), NONE);
});

test("a notice that has ended, and one that says that a danger is over, are no alerts in force", () => {
  const ended = notice("bao", { until: T });
  const calm = notice("het", { calm: true, level: "priority" });
  assert.equal(alertLine(state({}, { notices: [ended, calm] }), T, true).kind, "quiet");
});

test("ten minutes after the last good poll data are missing, without any message and under an alert, too", () => {
  for (const notices of [[], [notice("bao", { level: "priority" })]]) {
    const one = state({}, { notices });
    assert.notEqual(alertLine(one, T + 10 * MINUTE - 1, true).kind, "missing");
    const told = { kind: "missing", text: `${MISSING} từ 14:05` };
    assert.deepEqual(alertLine(one, T + 10 * MINUTE, true), told);
  }
  assert.equal(alertLine(state({}), T + 1440 * MINUTE, true).text, `${MISSING} từ 14:05 ngày 22/11`);
});

test("where one source is silent, was never heard, or the time is unknown, data are missing", () => {
  assert.deepEqual(alertLine(state({ good: false }), T, true), {
    kind: "missing",
    text: `${MISSING} từ 14:05`,
  });
  assert.deepEqual(alertLine(state({ since: null, good: false }), T, true), {
    kind: "missing",
    text: MISSING,
  });
  assert.deepEqual(alertLine(state({}), T, false), { kind: "missing", text: MISSING });
});

test("the server says after which time data are missing, and a poll of the future is no data", () => {
  const one = state({ silent_after: 20 * MINUTE });
  assert.equal(alertLine(one, T + 20 * MINUTE - 1, true).kind, "quiet");
  assert.equal(alertLine(one, T + 20 * MINUTE, true).kind, "missing");
  assert.deepEqual(alertLine(state({ since: T + 10 * MINUTE }), T, true), { kind: "missing", text: MISSING });
  assert.equal(alertLine(state({ since: T + MINUTE }), T, true).kind, "quiet");
});

test("other times come with the answer to sync, those of a board without sources do not count", () => {
  const before = state({});
  const newer = { ...before.base.board.alerts, since: T + 5 * MINUTE };
  const after = reduce(before, { type: "alerts", alerts: newer });
  assert.equal(after.base.board.alerts.since, T + 5 * MINUTE);
  assert.equal(after.base.revision, before.base.revision);
  const corrected = reduce(after, { type: "alerts", alerts: before.base.board.alerts });
  assert.equal(corrected.base.board.alerts.since, T, "the server's clock was ahead");
  assert.equal(reduce(after, { type: "alerts", alerts: { ...newer } }), after);
  assert.equal(reduce(after, { type: "alerts", alerts: null }), after);
  assert.equal(reduce(EMPTY, { type: "alerts", alerts: newer }), EMPTY);
  const none = state(null);
  assert.equal(reduce(none, { type: "alerts", alerts: newer }), none);
});

test("a state of the same revision brings newer times only", () => {
  const before = state({});
  const again = state({ since: T + MINUTE }, { notices: [notice("bao")] }).base;
  const after = reduce(before, { type: "state", state: again });
  assert.equal(after.base.board.alerts.since, T + MINUTE);
  assert.deepEqual(after.base.notices, []);
});
