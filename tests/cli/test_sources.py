"""Commands about sources: reading a page that has no feed, reporting its steps, health, OPML export and import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.formats.opml import Outline, parse_opml, write_opml
from server.core.sources.naming import new_source, slug_of
from tests.cli.seeded import seen_by_server
from tests.feeds.portals import cards
from tests.feeds.stories import STORIES
from tests.paths import ROOT


def run(*words: str, data: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, str(ROOT / "run.py"), "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)


def test_a_page_is_read_by_proposed_selectors_which_are_printed_on_stderr(tmp_path: Path) -> None:
    page = tmp_path / "trang.html"
    page.write_text(cards(), encoding="utf-8")
    done = run("read", str(page), data=tmp_path)
    assert done.returncode == 0
    assert [json.loads(line)["title"] for line in done.stdout.splitlines()] == [told.title for told in STORIES]
    assert 'page = { item = "div.news-item", title = "h3.title"' in done.stderr.decode()


def test_steps_of_a_file_and_of_a_missing_file(tmp_path: Path) -> None:
    done = run("read", "--steps", "feeds/samples/tin.xml", data=tmp_path)
    assert (done.returncode, done.stdout.decode().count("✓")) == (0, 5)
    done = run("read", "--steps", str(tmp_path / "khong-co.xml"), data=tmp_path)
    assert done.returncode == 1
    assert "✗ Tải nội dung" in done.stdout.decode()


def test_steps_without_entries_or_with_an_unknown_zone_end_with_an_error(tmp_path: Path) -> None:
    empty = tmp_path / "rong.xml"
    empty.write_text("<rss version='2.0'><channel><title>Tin</title></channel></rss>", encoding="utf-8")
    done = run("read", "--steps", str(empty), data=tmp_path)
    assert (done.returncode, "0 mục" in done.stdout.decode()) == (1, True)
    for flags in ((), ("--steps",)):
        done = run("read", "feeds/samples/tin.xml", "--zone", "Asia/Khong_Co", *flags, data=tmp_path)
        assert (done.returncode, done.stdout) == (1, b"")
        assert "Không có múi giờ 'Asia/Khong_Co'" in done.stderr.decode()


def test_opml_lists_are_exported_and_imported_once(tmp_path: Path) -> None:
    seen_by_server(ROOT / "config.toml", tmp_path)
    out = parse_opml(run("opml", data=tmp_path).stdout)
    assert "https://baochinhphu.vn/rss" in {outline.address for outline in out}
    news = tmp_path / "them.opml"
    news.write_bytes(write_opml("Huyện", [*out[:1], Outline("Đài Huyện", "https://huyen.example.vn/rss")]))
    done = run("opml", str(news), data=tmp_path)
    assert done.stdout.decode() == "dai-huyen\thttps://huyen.example.vn/rss\n"
    assert run("opml", str(news), data=tmp_path).stdout == b""
    assert "dai-huyen" in run("sources", data=tmp_path).stdout.decode()


def test_a_file_that_is_no_opml_is_one_sentence(tmp_path: Path) -> None:
    seen_by_server(ROOT / "config.toml", tmp_path)
    done = run("opml", "feeds/samples/tin.xml", data=tmp_path)
    assert (done.returncode, done.stderr.decode().count("\n")) == (1, 2), "the store, and what is wrong"


@pytest.mark.parametrize(
    ("title", "slug"), [("Đài Phát thanh – Huyện", "dai-phat-thanh-huyen"), ("日本", ""), ("  A  B ", "a-b")]
)
def test_short_names(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_short_name_is_unique() -> None:
    made = new_source("Tin", "https://a.vn/rss", {"tin", "tin-2"}, "UTC")
    assert (made.slug, made.trust, made.adaptive) == ("tin-3", "hold", True)
    assert new_source("日本", "https://a.vn/rss", set(), "UTC").slug == "a-vn"
