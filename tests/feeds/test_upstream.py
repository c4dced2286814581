"""Tests the comparison with feedparser's test suite (tests/feeds/upstream) on documents written for the purpose."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.feeds.upstream.expected import Expected, expectations
from tests.feeds.upstream.rules import words
from tests.feeds.upstream.suite import OTHER, report, run


def _document(expect: str, item: str, more: str = "") -> bytes:
    return (
        f"<!--\n{more}Description: made here\nExpect:      {expect}\n-->\n"
        f'<rss version="2.0"><channel><title>Xã</title><item>{item}</item></channel></rss>'
    ).encode()


def test_comparisons_are_read_and_never_run() -> None:
    expected = "not bozo and entries[0]['title'] == 'A' + 'B' and feed['link'] == 'http://x/' and exit()"
    assert expectations(_document(expected, "")) == (
        Expected("title", 0, ("title",), "AB"),
        Expected("link", None, ("link",), "http://x/"),
    )


def test_dates_are_instants() -> None:
    (one,) = expectations(_document("entries[0]['updated_parsed'] == (2003, 12, 31, 10, 14, 55, 2, 365, 0)", ""))
    assert one.value == datetime(2003, 12, 31, 10, 14, 55, tzinfo=UTC)


def test_a_codec_that_this_python_lacks_excuses() -> None:
    skipped = "SkipUnless: __import__('codecs').lookup('no-such-codec')\n"
    assert expectations(_document("feed['title'] == 'Xã'", "", skipped)) == ()
    assert len(expectations(_document("feed['title'] == 'Xã'", ""))) == 1


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("Mưa <b>to</b>", "Mưa to"),
        ("a &amp; b", "a & b"),
        ("<script>x()</script>lành", "lành"),
        ("a\u00ad b\u2003c", "a b c"),
    ],
)
def test_what_a_browser_would_show(markup: str, shown: str) -> None:
    assert words(markup) == shown


@pytest.mark.parametrize(
    ("expect", "item", "good"),
    [
        ("entries[0]['title'] == 'Mưa <b>to</b>'", "<title>Mưa &lt;b>to&lt;/b></title>", True),
        ("entries[0]['title'] == 'Nắng'", "<title>Mưa</title>", False),
        ("entries[0]['link'] == 'http://x/'", "<title>Mưa</title><link>http://y/</link>", False),
    ],
)
def test_a_wrong_result_is_counted_and_named(tmp_path: Path, expect: str, item: str, good: bool) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "one.xml").write_bytes(_document(expect, item))
    tally = run(tmp_path)
    assert (tally.documents, tally.good(), tally.rules[OTHER]) == (1, good, 0 if good else 1)
    assert ("one.xml" in report(tally)) is not good
