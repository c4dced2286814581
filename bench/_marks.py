"""The project's performance targets and this run's results, as a table for the head of the report.

A benchmark calls ``mark`` while it runs; bench/__main__.py asks for the ``summary`` at the end.
"""

from __future__ import annotations

from bench._figures import table

# Key -> (what is measured, target, the benchmark that measures it). Both sides of a ratio are measured in one run.
TARGETS = {
    "fanout-bare": ("urgent to N screens, last one, beside a bare loop in C", "<= 1.5 x", "fanout"),
    "fanout-node": ("the same beside Node", "<= 0.8 x", "fanout"),
    "memory": ("server memory a screen", "<= 10 KiB", "fanout"),
    "memory-node": ("the same beside Node", "<= 0.65 x", "fanout"),
    "return": ("10,000 screens back and in step", "<= 10 s", "fanout"),
    "return-node": ("the same beside Node's plain reconnect", "<= 1.0 x", "fanout"),
    "lost": ("of ten notices to 10,000 screens lost, doubled", "0, 0", "fanout"),
    "idle": ("idle screens, 25 s pings", "<= 1 % of a core", "fanout"),
    "pressure": ("urgent p99 under imports, sign-ins and reconnects, beside quiet p50", "<= 2 x", "pressure"),
    "rotation": ("rotation of 3,000 boards x 3 screens, 10 s slides", "<= 25 % of a core", "rotation"),
    "receipts": ("receipts folded and stored", "10,000 in a second", "receipts"),
    "sources": ("1,000 sources every 15 minutes", "< 1 core", "thousand"),
    "feed": ("a feed of 2,000 entries beside feedparser alone", "<= 1.3 x", "feeds"),
    "lap": ("a lap of 2,000 items beside sorting the same list", "<= 6 x", "composing"),
    "lap-growth": ("its growth, beside n log n", "<= 1 x", "composing"),
    "slices": ("thousands of boards in slices of 5 ms, the longest", "<= 10 ms", "composing"),
    "places": ("100 alerts with outlines of 5,000 points against 5,000 boards", "<= 100 ms", "places"),
    "alerts": ("100 new alerts, from the poll to their notices on 5,000 boards", "<= 1 s", "alerts"),
    "warning": ("a new alert, from the poll's answer to the last of 1,000 screens", "<= 2 s", "warning"),
    "levels-polls": ("a province's server polled by 104 communes once a minute", "< 5 % of a core", "levels"),
    "levels-urgent": ("meanwhile its urgent notice on the last of ten screens of two communes", "<= 3 s", "levels"),
    "guessing": ("the urgent page while 100 addresses guess passwords, the slowest", "< 1 s", "guessing"),
    "wall": ("wall with 5,000 screens opens", "< 2 s", "wall"),
    "api": ("reads by the API at 1,000,000 stories, the slowest p95", "< 50 ms", "store"),
    "desk": ("pages of the desk at 1,000,000 stories, the slowest p95", "< 150 ms", "store"),
    "readers": ("public pages from one server, requests a second, the slowest page", ">= 1,500", "public"),
    "readers-nginx": ("the same through nginx, an item's page", ">= 1,500", "public"),
    "readers-late": ("public pages at 1,500 requests a second, p99", "< 50 ms", "public"),
    "readers-urgent": ("urgent p99 to 1,000 screens with 300 readers a second, beside quiet", "<= 1.1 x", "public"),
    "push": ("an urgent notice to 2,000 browsers by Web Push, the last one", "<= 10 s", "push"),
    "warm": ("first slide, warm", "<= 1 s", "cold"),
    "cold": ("first slide, cold", "<= 2.5 s", "cold"),
    "dead": ("first slide from Chromium's start, server dead", "<= 15 s", "cold"),
    "weight": ("before media", "<= 150 KiB", "weight"),
    "heap": ("heap a slide", "<= 1 KiB", "endurance"),
    "frames": ("dropped frames", "<= 5 %", "frames"),
    "flips": ("two screens of a board flip together, p95 of 200 flips", "<= 100 ms", "flips"),
    "serving": ("a number of a one-stop office, from its report to the glass, p95", "<= 300 ms", "serving"),
    "kills": ("a server of three, Redis, nginx or PostgreSQL killed: the last of 300 screens", "<= 10 s", "cluster"),
    "two-servers": ("processor a delivered message, two servers summed, beside one", "<= 1.2 x", "cluster"),
    "redis": ("Redis between two servers, added to the median", "<= 10 ms", "cluster"),
    "start": ("`run.py` to /healthz", "<= 2 s", "start"),
    "first-slide": ("`run.py` to the first slide in a browser", "<= 5 s", "start"),
    "peer-urgent": ("urgent beside LibreSignage 0.9.0, median", "<= 1/20", "peers"),
    "peer-idle": ("processor an idle screen adds, beside the same", "<= 1/20", "peers"),
    "guard": ("a screen back after its page or browser died or hung, the slowest", "<= 30 s", "guard"),
}
_RESULTS: dict[str, tuple[str, bool]] = {}


def mark(target: str, measured: str, *, met: bool) -> None:
    """Records the result for ``target``, a key of ``TARGETS``; ``measured`` is the text for the table.

    Raises KeyError for an unknown key.
    """
    if target not in TARGETS:
        raise KeyError(target)
    _RESULTS[target] = measured, met


def summary() -> str:
    """A Markdown table of all targets with this run's results; a target without one names its benchmark instead."""
    rows = []
    for key, (what, target, name) in TARGETS.items():
        measured, met = _RESULTS.get(key, (f"see {name}", None))
        verdict = {True: "yes", False: "**no**", None: ""}[met]
        rows.append([what, target, measured, verdict])
    return "## Targets\n\n" + table(("what", "target", "measured", "met?"), rows)
