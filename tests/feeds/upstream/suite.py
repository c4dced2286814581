"""Reads feedparser's test documents with feeds.read_bytes and counts correct results.

    python -m tests.feeds.upstream.suite FOLDER     the unpacked sdist; `make test-feedparser` fetches it

Exit code 1 if fewer than 98 % of the expected titles, links and dates are correct, if anything but ParseError is
raised, if a document takes more than a second of CPU time, or if a text contains markup or script.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import structlog

from feeds import ParseError, Reading, read_bytes
from feeds.clean.elements import TAG
from tests.feeds.upstream.expected import expectations, headers
from tests.feeds.upstream.rules import RULES, Got

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8097/tests"  # the server of feedparser's suite; expected addresses begin with it
LEAST, LONGEST = 0.98, 1.0
OTHER = "otherwise"
log = structlog.get_logger("suite")


@dataclass
class Tally:
    """The results of a run; ``rules`` counts the expectations by the rule that accepted them.

    Each list has texts that begin with the name of a document: ``missed`` where no rule accepted a value, ``crashed``
    where anything but ParseError was raised, ``slow`` where reading took too long, ``leaked`` where a text contains
    markup or script. ``seconds`` is the CPU time of all documents.
    """

    documents: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def share(self) -> float:
        return 1 - self.rules[OTHER] / max(1, self.rules.total())

    def good(self) -> bool:
        return self.share() >= LEAST and not (self.crashed or self.slow or self.leaked)


def run(folder: Path) -> Tally:
    """Reads every document under ``folder``/tests and returns the results."""
    tally = Tally()
    root = folder / "tests"
    for path in sorted(found for found in root.rglob("*") if found.suffix in (".xml", ".gz", ".z")):
        _one(path.read_bytes(), str(path.relative_to(root)), tally)
    return tally


def _one(document: bytes, name: str, tally: Tally) -> None:
    tally.documents += 1
    begun = process_time()
    try:
        found: Reading | None = read_bytes(
            document,
            address=f"{ORIGIN}/{name}",
            content_type=headers(document).get("content-type", ""),
            zone="UTC",
            now=NOW,
        )
    except ParseError:
        found = None
    except Exception:
        # A crash is counted, and the other documents are still read.
        log.exception("crashed", document=name)
        tally.crashed.append(name)
        return
    took = process_time() - begun
    tally.seconds += took
    if took > LONGEST:
        tally.slow.append(f"{name}: {took:.1f} s")
    tally.leaked += [f"{name}: {text[:100]!r}" for text in _leaks(found)]
    _judge(document, name, found, tally)


def _judge(document: bytes, name: str, found: Reading | None, tally: Tally) -> None:
    for expected in expectations(document):
        got = _got(found, expected.entry, expected.what)
        rule = next((title for title, holds in RULES if holds(expected, got, document)), OTHER)
        tally.rules[rule] += 1
        if rule == OTHER:
            tally.missed.append(f"{name}: {expected.what} {str(expected.value)[:60]!r}, came {str(got)[:60]!r}")


def _got(found: Reading | None, entry: int | None, what: str) -> Got:
    if found is None or (entry is not None and entry >= len(found.entries)):
        return None
    got: Got = getattr(found if entry is None else found.entries[entry], what)
    return got


def _leaks(found: Reading | None) -> Iterator[str]:
    """Yields every text that still contains a tag, and every address that is not http or https."""
    if found is None:
        return
    texts = [found.title, *(text for one in found.entries for text in (one.title, one.summary, one.image_alt))]
    yield from (text for text in texts if TAG.search(text) or "javascript:" in text.lower())
    addresses = [found.link, *(address for one in found.entries for address in (one.link, one.image or ""))]
    yield from (one for one in addresses if one and not one.startswith(("http://", "https://")))


def report(tally: Tally) -> str:
    """A Markdown table of the results for docs/feeds.md, followed by the list of everything that was not accepted."""
    total = max(1, tally.rules.total())
    lines = [
        f"{tally.documents} documents, {tally.seconds:.1f} s of processor time",
        "",
        "| | expectations | share |",
    ]
    lines += ["| --- | ---: | ---: |"]
    lines += [f"| {title} | {tally.rules[title]} | {tally.rules[title] / total:.1%} |" for title, _ in RULES]
    lines += [f"| {OTHER} | {tally.rules[OTHER]} | {tally.rules[OTHER] / total:.1%} |", ""]
    lines += [f"as wanted: {tally.share():.1%} of {total}; crashes {len(tally.crashed)}, over a second "
              f"{len(tally.slow)}, markup or script left {len(tally.leaked)}"]  # fmt: skip
    return "\n".join([*lines, *tally.crashed, *tally.slow, *tally.leaked, *(f"  {line}" for line in tally.missed)])


if __name__ == "__main__":
    seen = run(Path(sys.argv[1]))
    print(report(seen))
    sys.exit(not seen.good())
