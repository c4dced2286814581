/**
 * What a board says of the data on alerts; called by main.js each second.
 *
 * No data is never "no warning": after some minutes without a good poll, also where the screen itself has no link, the
 * board says that there are no data. It says that there is no alert only where all sources were heard lately, no notice
 * is in force and none waits for an editor. server/content/alert_data.py has the server's part.
 */
import { wallTime } from "./hours.js";
import { noticesOf } from "./state.js";
/** @import {AlertLine, State} from "../types.d.ts" */

/** Milliseconds without a good poll after which there are no data, where the server does not say it. */
const SILENT = 600_000;

/**
 * @param {State} state @param {number} now @param {boolean} trusted whether `now` is the true time
 * @returns {AlertLine}
 */
export function alertLine(state, now, trusted) {
  const board = state.base?.board;
  const alerts = board?.alerts ?? null;
  if (!board || !alerts) return { kind: "none", text: "" };
  const { since, good, sources, waiting, silent_after: silent = SILENT } = alerts;
  // A poll from the future was noted while a clock was wrong: when there were data last is not known.
  if (!trusted || since === null || since - now >= silent)
    return { kind: "missing", text: "Chưa có dữ liệu cảnh báo" };
  const then = wallTime(since, board.zone);
  if (!good || now - since >= silent) {
    const day = then.date === wallTime(now, board.zone).date ? "" : ` ngày ${then.day.slice(0, 5)}`;
    return { kind: "missing", text: `Chưa có dữ liệu cảnh báo từ ${then.time}${day}` };
  }
  const inForce = noticesOf(state).some(({ until, calm }) => !calm && now < until);
  if (waiting || inForce) return { kind: "none", text: "" };
  return { kind: "quiet", text: `Không có cảnh báo · ${sources.join(", ")}, ${then.time}` };
}
