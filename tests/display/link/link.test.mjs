/** The screen's connection, against a fake server. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClock } from "../../../display/link/clock.js";
import { identify } from "../../../display/device/identity.js";
import { createLink } from "../../../display/link/link.js";
import { EMPTY, have, noticesOf, reduce, wants } from "../../../display/state/state.js";
import { body, desired, fakeIo, fakeTime, notice, T } from "../fakes.mjs";

function cast({ fetch = async () => new Response("", { status: 503 }), paired = null } = {}) {
  const time = fakeTime();
  const { wire, io } = fakeIo();
  const clock = createClock({ local: time.local });
  const seen = { state: EMPTY, commands: [], connects: 0, refusals: 0, moves: [], shown: null };
  wire.answers.sync = ({ t0 }) => ({ t0, t1: time.local(), t2: time.local() });
  const link = createLink({
    io,
    fetch,
    who: identify(paired ? "" : "minh-tan", paired),
    build: "b1",
    shown: () => seen.shown,
    onMoved: (board) => seen.moves.push(board),
    onRefused: (times) => {
      seen.refusals += 1;
      seen.inRow = times;
    },
    timers: time.timers,
    random: () => 0.5,
    local: time.local,
    clock,
    state: () => seen.state,
    dispatch: (event) => {
      seen.state = reduce(seen.state, event);
    },
    wants: () => wants(seen.state, time.local()),
    onCommand: (command) => seen.commands.push(command),
    onConnect: () => {
      seen.connects += 1;
    },
  });
  link.start();
  return { time, wire, link, seen, clock };
}

const json = (word, headers = {}) => new Response(JSON.stringify(word), { headers });

test("connects by WebSocket only, with the digest of what it has", async () => {
  const { wire, seen } = cast();
  assert.equal(wire.connects, 1);
  assert.deepEqual(wire.options.transports, ["websocket"]);
  assert.deepEqual(wire.options.query, { board: "minh-tan" });
  const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = wire.options;
  assert.equal(reconnectionDelay, 500);
  assert.ok(
    reconnectionDelayMax * (1 + randomizationFactor) < 2_000,
    "in step within 2 s of the server's return",
  );
  const auth = () => {
    let said;
    wire.options.auth((word) => {
      said = word;
    });
    return said;
  };
  assert.deepEqual(auth(), {
    board: "minh-tan",
    build: "b1",
    parts: true,
    epoch: null,
    revision: 0,
    have: have(EMPTY),
  });
  wire.up();
  wire.hear("state", desired({ revision: 7 }));
  wire.hear("slides", [body("a")]);
  assert.deepEqual(auth(), {
    board: "minh-tan",
    build: "b1",
    parts: true,
    epoch: "e1",
    revision: 7,
    have: have(seen.state),
  });
});

test("asks once for missing bodies, and again for those that did not come", async () => {
  const { time, wire } = cast();
  wire.up();
  wire.hear("state", desired());
  assert.deepEqual(wire.events("want"), [["a", "b", "c", "f", "s"]]);
  wire.hear("slides", [body("a"), body("b"), body("c"), body("s")]);
  await time.advance(10_000);
  assert.equal(wire.events("want").length, 1);
  await time.advance(15_000);
  assert.deepEqual(wire.events("want").slice(1), [["f"]]);
});

test("acknowledges slides after taking them in", () => {
  const { wire, seen } = cast();
  let held = null;
  wire.up();
  wire.hear("slides", [body("a")], () => {
    held = "a" in seen.state.bodies;
  });
  assert.equal(held, true);
});

test("joins the parts of a large body and drops an incomplete one", () => {
  const { wire, seen } = cast();
  wire.up();
  const { hash, html, media } = body("a");
  const part = (at, text) => ({ hash, media, at, of: 2, text });
  let acknowledged = 0;
  const hear = (one) => wire.hear("body", one, () => (acknowledged += 1));
  hear(part(1, html.slice(5)));
  hear(part(0, "other"));
  hear(part(0, html.slice(0, 5)));
  assert.equal("a" in seen.state.bodies, false);
  hear(part(1, html.slice(5)));
  assert.equal(seen.state.bodies.a.html, html);
  assert.equal(acknowledged, 4);
});

test("syncs at once, twice soon after, then every 20 s", async () => {
  const { time, wire } = cast();
  wire.up();
  await time.advance(10);
  assert.equal(wire.events("sync").length, 1);
  await time.advance(3_000);
  assert.equal(wire.events("sync").length, 3);
  await time.advance(60_000);
  assert.equal(wire.events("sync").length, 6);
  assert.deepEqual(Object.keys(wire.events("sync")[0]), [
    "epoch",
    "revision",
    "have",
    "shown",
    "serving",
    "t0",
  ]);
});

test("the acknowledgement sets the clock", async () => {
  const { time, wire, clock } = cast();
  wire.answers.sync = ({ t0 }) => ({ t0, t1: time.local() + 5_000, t2: time.local() + 5_000 });
  wire.up();
  await time.advance(10);
  assert.equal(clock.now(), time.local() + 5_000);
});

test("a gap in revisions asks for the whole state, the next revision does not", async () => {
  const { time, wire, seen } = cast();
  wire.up();
  wire.hear("state", desired({ revision: 4 }));
  await time.advance(10);
  const syncs = () => wire.events("sync").length;
  const before = syncs();
  wire.hear("notice", { epoch: "e1", revision: 5, notice: notice("bao"), html: "<p>", media: [] });
  await time.advance(10);
  assert.equal(syncs(), before);
  wire.hear("clear", { epoch: "e1", revision: 8, id: "bao" });
  await time.advance(10);
  assert.equal(syncs(), before + 1);
  assert.deepEqual(noticesOf(seen.state), []);
  wire.hear("slide", { hash: "zzz", at: T, until: T + 1, revision: 9 });
  await time.advance(10);
  assert.equal(syncs(), before + 2);
});

test("stale after twelve seconds of silence, live again with the next ping", async () => {
  const { time, wire, link } = cast();
  assert.equal(link.live(), false);
  wire.answers = {};
  wire.up();
  await time.advance(11_999);
  assert.equal(link.live(), true);
  await time.advance(1);
  assert.equal(link.live(), false);
  wire.hear("io:ping");
  assert.equal(link.live(), true);
  assert.equal(link.heardAt(), time.local());
});

test("a sync that is never answered does not stop the next ones", async () => {
  const { time, wire } = cast();
  wire.answers = {};
  wire.up();
  await time.advance(50_000);
  assert.ok(wire.events("sync").length >= 4);
});

test("reconnects after the server has disconnected", async () => {
  const { time, wire } = cast();
  wire.up();
  wire.hear("state", desired());
  wire.down("io server disconnect");
  await time.advance(1_000);
  assert.equal(wire.connects, 2);
});

test("a short absence of the server does not start polling", async () => {
  const asked = [];
  const { time, wire } = cast({ fetch: async (address) => asked.push(address) });
  wire.up();
  wire.hear("state", desired());
  wire.down();
  await time.advance(5_000);
  wire.up();
  wire.hear("state", desired());
  await time.advance(60_000);
  assert.deepEqual(asked, []);
});

test("after repeated refusals the pauses grow and polling starts", async () => {
  const asked = [];
  const { time, wire, seen } = cast({
    fetch: async (address) => {
      asked.push(address);
      return json(desired({ revision: 9 }));
    },
  });
  for (let refusal = 0; refusal < 12; refusal += 1) {
    wire.up();
    wire.down("io server disconnect");
    await time.advance(4_000);
  }
  assert.equal(seen.refusals, 12);
  assert.equal(seen.inRow, 12);
  assert.ok(wire.connects < 12, `${wire.connects} connects in 48 s`);
  assert.ok(asked.length > 0);
  assert.equal(seen.state.base.revision, 9);
});

test("a refusing server is asked again", async () => {
  const { time, wire } = cast();
  wire.active = false;
  wire.hear("connect_error", new Error("Quá nhiều người xem"));
  await time.advance(10_000);
  assert.equal(wire.connects, 2);
});

test("receipts count as sent only when acknowledged", async () => {
  const { wire, link } = cast();
  assert.equal(await link.receipts([]), false);
  wire.up();
  assert.equal(await link.receipts([]), false);
  wire.answers.receipts = () => null;
  assert.equal(await link.receipts([{ id: "bao", kind: "shown", at: T }]), true);
});

test("commands are handed on, health is sent while connected", () => {
  const { wire, link, seen } = cast();
  link.health({ kept: 0 });
  wire.up();
  link.health({ kept: 1 });
  wire.hear("command", { id: "c", name: "reload", until: T });
  assert.deepEqual(wire.events("health"), [{ kept: 1 }]);
  assert.equal(seen.commands[0].id, "c");
});

test("where WebSocket is blocked, state (with ETag) and bodies come by GET", async () => {
  const asked = [];
  const fetch = async (address, { headers } = {}) => {
    asked.push([address, headers?.["If-None-Match"] ?? null]);
    if (address.startsWith("/glass/slides/")) return json(body(address.split("/").pop().split("?")[0]));
    if (headers?.["If-None-Match"]) return new Response(null, { status: 304 });
    return json(desired({ revision: 3 }), { ETag: '"3"' });
  };
  const { time, wire, link, seen } = cast({ fetch });
  wire.hear("connect_error", new Error("blocked"));
  await time.advance(5_999);
  assert.deepEqual(asked, []);
  await time.advance(1);
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(seen.state.base.revision, 3);
  assert.deepEqual(Object.keys(seen.state.bodies).sort(), ["a", "b", "c", "f", "s"]);
  assert.equal(link.live(), true);
  await time.advance(6_000);
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked.at(-1), ["/glass/state?board=minh-tan", '"3"']);
  wire.up();
  wire.hear("state", desired({ revision: 3 }));
  const count = asked.length;
  await time.advance(60_000);
  assert.equal(asked.length, count);
});

test("the golden messages of the wire are understood", () => {
  const golden = new URL("../../golden/wire.json", import.meta.url);
  const messages = JSON.parse(readFileSync(golden, "utf8"));
  const state = messages.state.payload ?? messages.state;
  const { wire, seen } = cast();
  wire.up();
  wire.hear("state", state);
  assert.equal(seen.state.base.revision, state.revision);
});

test("a paired screen sends its key, never in an address", async () => {
  const asked = [];
  const fetch = async (address, { headers }) => {
    asked.push([address, headers.Authorization]);
    return json(desired());
  };
  const { wire, link, time } = cast({ fetch, paired: { screen: "7", key: "bi-mat", board: "minh-tan" } });
  let said;
  wire.options.auth((word) => {
    said = word;
  });
  assert.equal(said.screen, "7");
  assert.equal(said.key, "bi-mat");
  assert.equal(said.board, "minh-tan");
  assert.deepEqual(wire.options.query, { board: "minh-tan" });
  await time.advance(7_000);
  assert.ok(asked.length > 0);
  for (const [address, key] of asked) {
    assert.equal(key, "Bearer bi-mat");
    assert.ok(!address.includes("bi-mat"));
  }
  assert.ok(link);
});

test("a disconnection before any state counts as a refusal, not as a sign of life", () => {
  const { wire, link, seen } = cast({ paired: { screen: "7", key: "cu", board: "minh-tan" } });
  wire.up();
  wire.down("parse error");
  assert.equal(seen.refusals, 1);
  assert.equal(link.live(), false);
  wire.up();
  wire.hear("state", desired());
  wire.down("transport close");
  assert.equal(seen.refusals, 1);
  assert.equal(link.live(), true);
});

test("a state too large for one message comes in parts, and counts only when it is whole", async () => {
  const { wire, seen } = cast();
  wire.up();
  const text = JSON.stringify(desired({ revision: 9 }));
  const parts = [text.slice(0, 50), text.slice(50, 90), text.slice(90)].map((piece, at) => ({
    at,
    of: 3,
    text: piece,
  }));
  wire.hear("part", parts[0]);
  wire.hear("part", parts[2]);
  assert.equal(seen.state.base, null, "what has a hole is nothing");
  wire.hear("part", parts[0]);
  wire.hear("notice", { epoch: "e1", revision: 10, notice: notice("1"), html: "<p></p>", media: [] });
  wire.hear("part", parts[1]);
  assert.equal(seen.state.base, null);
  wire.hear("part", parts[2]);
  assert.equal(seen.state.base.revision, 9);
  assert.equal(noticesOf(seen.state).length, 1, "a notice may come between two parts");
});

test("the server's state sets over how long screens spread reconnecting", async () => {
  const { wire } = cast();
  wire.up();
  wire.hear("state", desired({ back: 6_000 }));
  assert.deepEqual(wire.pauses, { first: 4_000, longest: 6_000 });
  wire.hear("state", desired({ revision: 2, back: 100 }));
  assert.deepEqual(wire.pauses, { first: 500, longest: 1_200 });
});

const PAIRED = { screen: "7", key: "k", board: "minh-tan" };
const said = (wire) => {
  let auth;
  wire.options.auth((word) => {
    auth = word;
  });
  return auth;
};

test("a moved screen reconnects with its new board in the address", () => {
  const { wire, seen } = cast({ paired: PAIRED });
  wire.up();
  wire.hear("state", desired());
  const { screen, key, board } = said(wire);
  assert.deepEqual({ screen, key, board }, PAIRED);
  wire.hear("moved", { board: "hoi-truong", by: "a field of tomorrow" });
  assert.deepEqual(
    [wire.io.opts.query, wire.connects, seen.moves],
    [{ board: "hoi-truong" }, 2, ["hoi-truong"]],
  );
  assert.equal(said(wire).board, "hoi-truong");
  wire.up();
  wire.hear("state", desired({ board: { slug: "hoi-truong" } }));
  wire.hear("moved", { board: "hoi-truong" });
  assert.deepEqual([wire.connects, seen.refusals], [2, 0], "there it stays");
});

test("a screen finds its move in the state, and reconnects once a minute at most", async () => {
  const { time, wire, seen } = cast({ paired: PAIRED });
  const there = { board: { slug: "hoi-truong" } };
  wire.up();
  wire.hear("state", desired(there));
  assert.deepEqual([wire.io.opts.query, wire.connects], [{ board: "hoi-truong" }, 2]);
  assert.equal(seen.state.base.board.slug, "hoi-truong", "the state is on the glass already");
  wire.up();
  wire.hear("state", desired({ revision: 2 }));
  assert.equal(wire.connects, 2, "a server that is behind");
  await time.advance(60_000);
  wire.hear("state", desired({ revision: 3 }));
  assert.equal(wire.connects, 3, "still so after a minute: then that is the board");
});
