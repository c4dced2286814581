"""Reads sample feeds outside the repository, in the folder that BANGTIN_SAMPLES names (see conftest.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feeds.clean.dates import parse_date
from tests.feeds.stories import NOW, reading

FOLDER = Path(os.environ["BANGTIN_SAMPLES"])
STORIES = reading((FOLDER / "feeds" / "utf8.xml").read_bytes()).entries
DATES = (FOLDER / "feeds" / "dates.expected.tsv").read_text(encoding="utf-8").splitlines()[1:]
SAME = ("utf-", "windows-", "tcvn3_", "vni_", "gzip_", "text_before")


@pytest.mark.parametrize("line", DATES)
def test_dates(line: str) -> None:
    _, written, expected = line.split("\t")
    found = parse_date(written, zone="Asia/Ho_Chi_Minh", now=NOW)
    assert (f"{found:%Y-%m-%dT%H:%M:%SZ}" if found else "") == expected


@pytest.mark.parametrize(
    "path", [p for p in (FOLDER / "feeds").iterdir() if p.name.startswith(SAME)], ids=lambda p: p.name
)
def test_every_encoding_gives_the_same_stories(path: Path) -> None:
    got = reading(path.read_bytes()).entries
    assert [(e.id, e.title, e.summary, e.published) for e in got] == [
        (e.id, e.title, e.summary, e.published) for e in STORIES
    ]


@pytest.mark.parametrize("path", sorted((FOLDER / "odd").iterdir()), ids=lambda p: p.name)
def test_odd_feeds_are_read(path: Path) -> None:
    assert reading(path.read_bytes()).title or path.name.startswith("gofeed")
