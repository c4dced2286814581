"""Runs every benchmark of this folder in turn and prints its table; called by `make bench` and `make bench-report`.

A benchmark is a module with ``run() -> str``, which gives a Markdown section: side by side in one run, ratios first.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path

import bench
from bench._machine import described

_HEAD = """# Performance

Written by `make bench-report`. Absolute times wander on shared machines; compare the ratios of one run. What is
needed for how many screens is derived from it in [capacity.md](capacity.md).

"""


def _names() -> list[str]:
    modules = (importlib.import_module(f"bench.{found.name}") for found in pkgutil.iter_modules(bench.__path__)
               if not found.name.startswith("_"))  # fmt: skip
    return [module.__name__ for module in modules if hasattr(module, "run")]


def main() -> None:
    options = argparse.ArgumentParser(prog="bench")
    options.add_argument("names", nargs="*", help="only these (default: all)")
    options.add_argument("--report", type=Path, help="also write the tables to this file")
    chosen = options.parse_args()
    sections = []
    for name in _names():
        if chosen.names and name.removeprefix("bench.") not in chosen.names:
            continue
        module = importlib.import_module(name)
        section = module.run()
        if chosen.report and hasattr(module, "draw"):
            # The pictures lie beside the report.
            section += module.draw(chosen.report.parent / "pictures")
        print(section, flush=True)
        sections.append(section)
    if chosen.report:
        text = "\n".join([_HEAD + described() + "\n", *sections])
        chosen.report.write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
