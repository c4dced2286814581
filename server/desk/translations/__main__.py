"""Runs server.desk.translations from the command line: ``python -m server.desk.translations [--check]``."""

from __future__ import annotations

import sys

from server.desk import translations


def main(*words: str) -> int:
    if "--check" not in words:
        translations.update()
    found = translations.missing()
    for sentence in found:
        sys.stdout.write(f"{translations.ENGLISH}: no English for {sentence!r}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
