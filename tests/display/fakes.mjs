/** What the display's tests share: a fake time, the state of one board, a fake Socket.IO client. */

/** The instant at which all tests begin: Sunday 22/11/2026 14:05:00 in Việt Nam. */
export const T = Date.UTC(2026, 10, 22, 7, 5);
export const MINUTE = 60_000;

/** A device's time with timers and frames of 16 ms, moved by `advance`. */
export function fakeTime(start = T) {
  let at = start;
  let count = 0;
  /** @type {{id: number, due: number, work: () => void}[]} */
  let queue = [];
  const add = (work, ms) => {
    count += 1;
    queue.push({ id: count, due: at + Math.max(0, ms), work });
    return count;
  };
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };
  return {
    local: () => at,
    pending: () => queue.length,
    timers: {
      setTimeout: add,
      clearTimeout: (id) => {
        queue = queue.filter((entry) => entry.id !== id);
      },
      requestAnimationFrame: (work) => add(work, 16 - (at % 16)),
    },
    async advance(ms) {
      const end = at + ms;
      await settle();
      for (;;) {
        const next = queue.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due || a.id - b.id)[0];
        if (!next) break;
        queue = queue.filter((entry) => entry !== next);
        at = Math.max(at, next.due);
        next.work();
        await settle();
      }
      at = end;
    },
  };
}

/** A seeded generator, so that a random sequence that fails can be run again. */
export function seeded(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const always = [[0, null]];

export function slide(hash, dwell = 10_000, windows = always) {
  return { hash, dwell, title: `Tin ${hash}`, source: "tin-mau", windows };
}

export function body(hash, media = []) {
  return { hash, html: `<article><h1 data-fit="title">${hash}</h1></article>`, media };
}

/** The numbers of a hall; `numbers` maps the name of a counter to the number that it serves. */
export function serving(version, numbers, more = {}) {
  const counters = Object.entries(numbers).map(([name, number]) => ({ name, number }));
  const html = counters.map(({ name, number }) => `<p data-counter="${name}">${number}</p>`).join("");
  return {
    hash: "hall",
    html,
    version,
    at: T,
    until: T + 10 * MINUTE,
    always: false,
    chime: true,
    counters,
    ...more,
  };
}

export function notice(id, more = {}) {
  const base = {
    id,
    hash: `n-${id}`,
    level: "urgent",
    risk: 3,
    exercise: false,
    issued: T,
    until: T + 30 * MINUTE,
    turn: 12_000,
  };
  return { ...base, title: `Tin khẩn ${id}`, ...more };
}

export function desired(more = {}) {
  const { board = {}, lap = {}, ...rest } = more;
  return {
    epoch: "e1",
    revision: 1,
    now: T,
    build: "b1",
    board: {
      slug: "minh-tan",
      name: "Ủy ban nhân dân xã Minh Tân",
      area: "Xã Minh Tân",
      zone: "Asia/Ho_Chi_Minh",
      language: "vi",
      format: { layout: "landscape", size: "S" },
      theme: "province",
      hours: [],
      mode: "on",
      ...board,
    },
    calendar: [{ date: "2026-11-22", solar: "Chủ nhật, 22/11/2026", lunar: "14 tháng Mười, Bính Ngọ" }],
    lap: {
      number: 1,
      start: T,
      slides: [slide("a"), slide("b"), slide("c")],
      filler: "f",
      safe: "s",
      ...lap,
    },
    notices: [],
    ...rest,
  };
}

/** A Socket.IO client without a network: `hear` delivers an event of the server, `sent` is what the client emitted. */
export function fakeIo() {
  const hears = new Map();
  const wire = {
    connected: false,
    active: true,
    options: null,
    sent: [],
    connects: 0,
    pauses: { first: 0, longest: 0 },
    /** The server's acknowledgements by event; where one is missing, the deadline passes. */
    answers: {},
    on: (event, hear) => hears.set(event, [...(hears.get(event) ?? []), hear]),
    onAny: (hear) => hears.set("*", [...(hears.get("*") ?? []), hear]),
    emit: (event, ...words) => wire.sent.push([event, ...words]),
    timeout: () => ({
      async emitWithAck(event, ...words) {
        wire.sent.push([event, ...words]);
        if (!wire.answers[event]) throw new Error("operation has timed out");
        return wire.answers[event](...words);
      },
    }),
    connect: () => {
      wire.connects += 1;
    },
    disconnect() {
      wire.down("io client disconnect");
    },
    io: {
      opts: {},
      on: (event, hear) => hears.set(`io:${event}`, [hear]),
      reconnectionDelay: (ms) => {
        wire.pauses.first = ms;
      },
      reconnectionDelayMax: (ms) => {
        wire.pauses.longest = ms;
      },
    },
    hear(event, ...words) {
      if (!["connect", "disconnect", "connect_error", "io:ping"].includes(event))
        for (const hear of hears.get("*") ?? []) hear(event, ...words);
      for (const hear of hears.get(event) ?? []) hear(...words);
    },
    up() {
      wire.connected = true;
      wire.hear("connect");
    },
    down(reason = "transport close") {
      wire.connected = false;
      wire.hear("disconnect", reason);
    },
    events: (name) => wire.sent.filter(([event]) => event === name).map(([, word]) => word),
  };
  return {
    wire,
    io: (options) => {
      wire.options = options;
      return wire;
    },
  };
}
