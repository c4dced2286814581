"""Runs every benchmark of this folder in turn and prints its tables; called by `make bench` and `make bench-report`.

python -m bench [NAME ...] [--except NAME ...] [--short] [--report FILE]

A benchmark is a module with ``run() -> str``, which returns a Markdown section. Each benchmark measures all
alternatives in one run, because only ratios, and not absolute times, are comparable between runs. A benchmark that
fails is reported in its place, does not affect the others, and makes the exit code 1. ``draw(folder) -> str``, if
there is one, writes plots into the folder and returns the Markdown that shows them.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import pkgutil
import sys
from pathlib import Path
from time import monotonic

import structlog

import bench
from bench import _marks
from bench._machine import described

_HEAD = """# Performance

Written by `make bench-report`. Absolute times wander on shared machines; compare the ratios of one run. What is
needed for how many screens is derived from it in [capacity.md](capacity.md).

"""
# Sizes with which each benchmark takes seconds: to check that it runs, not to measure.
SHORT = {
    "BENCH_SCREENS": "50",
    "BENCH_CROWD": "50",
    "BENCH_PRESSED": "50",
    "BENCH_ROUNDS": "3",
    "BENCH_BOARDS": "20",
    "BENCH_ITEMS": "100,200",
    "BENCH_LAPS": "100",
    "BENCH_ALERTS": "3",
    "BENCH_OUTLINE": "200",
    "BENCH_STORIES": "2000",
    "BENCH_DAYS": "3",
    "BENCH_GROWTH": "10,20",
    "BENCH_POLLERS": "20",
    "BENCH_IDLE": "4",
    "BENCH_READING": "1",
    "BENCH_GUESSERS": "10",
    "BENCH_GUESSING": "3",
}
log = structlog.get_logger("bench")


def names() -> list[str]:
    """The names of all benchmarks in this folder."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    return [name for name in found if hasattr(importlib.import_module(f"bench.{name}"), "run")]


def section(name: str, pictures: Path | None) -> tuple[str, bool]:
    """Runs the benchmark ``name``; returns (its Markdown section, whether it succeeded).

    Its plots are written into the folder ``pictures``, or not drawn if that is None.
    """
    module = importlib.import_module(f"bench.{name}")
    begun = monotonic()
    try:
        text: str = module.run()
        if pictures is not None and hasattr(module, "draw"):
            text += module.draw(pictures)
    except Exception as error:
        # A failure of one benchmark must not stop the others.
        log.exception("benchmark failed", name=name)
        return f"## {name}\n\nFailed after {monotonic() - begun:.0f} s: `{error!r}`\n", False
    return f"{text}\n<sub>{name}, {monotonic() - begun:.0f} s</sub>\n", True


def main() -> int:
    options = argparse.ArgumentParser(prog="bench")
    options.add_argument("names", nargs="*", help="only these (default: all)")
    options.add_argument("--except", nargs="*", default=[], dest="without", help="all but these")
    options.add_argument("--short", action="store_true", help="tiny sizes: only to check that they run")
    options.add_argument("--report", type=Path, help="also write the tables to this file")
    chosen = options.parse_args()
    # Logs of code that is measured in this process must not appear between the tables.
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
    )
    if chosen.short:
        os.environ.update(SHORT)
    known = names()
    if unknown := {*chosen.names, *chosen.without} - {*known}:
        options.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = [name for name in chosen.names or known if name not in chosen.without]
    sections, succeeded = [], True
    for name in wanted:
        # The pictures are written beside the report.
        text, ran = section(name, chosen.report.parent / "pictures" if chosen.report else None)
        succeeded &= ran
        print(text, flush=True)
        sections.append(text)
        if chosen.report:
            # Written after each benchmark, so that an interrupted report has the results until then.
            written = "\n".join([_HEAD + described() + "\n", _marks.summary(), *sections])
            chosen.report.write_text(written.rstrip() + "\n", encoding="utf-8")
    print(_marks.summary(), flush=True)
    return 0 if succeeded else 1


if __name__ == "__main__":
    sys.exit(main())
