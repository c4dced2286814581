"""Holds feeds/samples to its promise: readable, well-formed, invented, with pictures that exist; run by pytest."""

from __future__ import annotations

import re
import unicodedata
from calendar import timegm
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from PIL import Image

from feeds.entry import Reading
from feeds.read import read_bytes

SAMPLES = Path(__file__).parents[2] / "feeds" / "samples"
COUNTS = {
    "lich-tiep-dan.xml": 2,
    "thong-bao-minh-tan.xml": 4,
    "tin-dong-hai.xml": 6,
    "tin-minh-tan.xml": 7,
    "tin-tinh.xml": 9,
    "tin.xml": 5,
}
NEWS = ("tin-tinh.xml", "tin-minh-tan.xml", "tin-dong-hai.xml")
NAMESPACES = {"www.w3.org", "search.yahoo.com"}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
OFFICES = ("Chủ tịch", "Phó Chủ tịch", "Bí thư", "Trưởng phòng", "Giám đốc", "Thường trực", "Chánh", "Trưởng đoàn")
# A form of address before a capital letter is how a person's name would come in.
NAMED_PERSON = re.compile(r"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Đđ]ồng chí)\s+[A-ZÀ-ỸĐ]\w+")
TELEPHONE = re.compile(r"\b0\d{2,3}[ .]?\d{3}[ .]?\d{3,4}\b")
DAY = re.compile(r"([Tt]hứ [A-ZĐ]\w+|[Cc]hủ nhật),? (?:ngày )?(\d\d?)/(\d\d?)")
PICTURE = re.compile(r"pictures/[a-z-]+\.jpg")

ADDRESS = "https://mau.example.invalid/nguon/"
READ_AT = datetime(2026, 11, 22, 7, 5, tzinfo=UTC)

each_sample = pytest.mark.parametrize("name", sorted(COUNTS))


def text_of(name: str) -> str:
    return (SAMPLES / name).read_bytes().decode("utf-8")


def items_of(name: str) -> list[Any]:
    parsed = feedparser.parse((SAMPLES / name).read_bytes())
    return list(parsed.entries)


def reading_of(name: str) -> Reading:
    return read_bytes((SAMPLES / name).read_bytes(), address=ADDRESS + name, now=READ_AT)


def all_items() -> list[Any]:
    return [item for name in COUNTS for item in items_of(name)]


def raw_items(name: str) -> list[str]:
    return re.findall(r"<(?:item|entry)>.*?</(?:item|entry)>", text_of(name), re.DOTALL)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def sentences(item: Any) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", words(item.summary)))


def cells(row: str) -> list[str]:
    return re.findall(r"<t[dh]>(.*?)</t[dh]>", row)


def test_the_table_above_names_every_sample_there_is() -> None:
    assert {path.name for path in SAMPLES.glob("*.xml")} == set(COUNTS)


@each_sample
def test_a_sample_is_well_formed_and_has_its_items(name: str) -> None:
    parsed = feedparser.parse((SAMPLES / name).read_bytes())
    assert not parsed.bozo
    assert parsed.version == ("atom10" if name == "tin-dong-hai.xml" else "rss20")
    assert parsed.feed.title
    assert parsed.feed.language == "vi"
    assert len(parsed.entries) == COUNTS[name]
    assert all(item.title and item.summary and item.link and item.id for item in parsed.entries)


@each_sample
def test_a_sample_is_composed_text_without_stray_characters(name: str) -> None:
    text = text_of(name)
    assert unicodedata.normalize("NFC", text) == text
    assert not [char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Co"} and char != "\n"]
    assert "�" not in text
    assert not re.search(r"\w  +\w", text)


def test_titles_identities_and_links_are_unique_over_all_samples() -> None:
    items = all_items()
    for of in ("title", "id", "link"):
        values = [item[of].casefold() for item in items]
        assert len(set(values)) == len(values) == sum(COUNTS.values()), of


@each_sample
def test_no_host_no_telephone_and_no_person_is_real(name: str) -> None:
    text = text_of(name)
    hosts = set(re.findall(r"https?://([^/\"<\s]+)", text)) - NAMESPACES
    assert hosts
    assert all(host.endswith(".example.invalid") for host in hosts)
    assert all(re.fullmatch(r"0221 000 00\d", found) for found in TELEPHONE.findall(text))
    assert "@" not in text
    assert not NAMED_PERSON.findall(text)


@each_sample
def test_items_are_dated_in_the_weeks_the_readme_names_newest_first(name: str) -> None:
    dates = [datetime.fromtimestamp(timegm(item.published_parsed), UTC) for item in items_of(name)]
    assert dates == sorted(dates, reverse=True)
    assert all(date(2026, 10, 25) <= moment.date() <= date(2026, 11, 22) for moment in dates)


@pytest.mark.parametrize("name", sorted(set(COUNTS) - {"tin-dong-hai.xml"}))
def test_the_day_of_the_week_in_a_header_fits_its_date(name: str) -> None:
    stamps = re.findall(r"<(?:pubDate|lastBuildDate)>(.*?)</", text_of(name))
    assert len(stamps) == COUNTS[name] + 1
    assert all(parsedate_to_datetime(stamp).strftime("%a, %d") == stamp[:7] for stamp in stamps)


@each_sample
def test_the_day_of_the_week_in_the_text_fits_its_date(name: str) -> None:
    for weekday, day, month in DAY.findall(text_of(name)):
        said = weekday[0].upper() + weekday[1:]
        assert said == WEEKDAYS[date(2026, int(month), int(day)).weekday()], (weekday, day, month)


def test_six_of_ten_news_stories_have_a_picture() -> None:
    stories = [item for name in NEWS for item in raw_items(name)]
    pictured = [item for item in stories if PICTURE.search(item)]
    assert len(stories) == 22
    assert 0.55 <= len(pictured) / len(stories) <= 0.7


def test_every_picture_is_used_drawn_and_of_the_promised_size() -> None:
    named = {match for name in COUNTS for match in PICTURE.findall(text_of(name))}
    stored = sorted((SAMPLES / "pictures").glob("*.jpg"))
    assert named == {f"pictures/{path.name}" for path in stored}
    assert len(stored) == 14
    for path in stored:
        assert 60_000 <= path.stat().st_size <= 250_000, path.name
        with Image.open(path) as picture:
            picture.load()
            assert (picture.format, picture.size, picture.mode) == ("JPEG", (1600, 1200), "RGB")
        drawing = (SAMPLES / "pictures" / "svg" / f"{path.stem}.svg").read_text(encoding="utf-8")
        assert "<title>" in drawing
        assert not re.search(r"<(?:text|image|script|foreignObject)\b|href=", drawing)


def test_every_drawing_has_been_rendered() -> None:
    drawn = {path.stem for path in (SAMPLES / "pictures" / "svg").iterdir()}
    assert drawn == {path.stem for path in (SAMPLES / "pictures").glob("*.jpg")}


def test_enclosures_state_the_true_length() -> None:
    found = [(e.href, int(e.length)) for item in all_items() for e in item.enclosures if e.get("length")]
    assert len(found) == 7
    assert all((SAMPLES / href).stat().st_size == length for href, length in found)


def test_pictures_come_by_every_road_and_say_what_they_show() -> None:
    images = re.findall(r"<img [^>]*>", text_of("tin-minh-tan.xml"))
    assert len(images) == 5
    assert all(re.search(r'alt="[^"]{10,}"', image) for image in images)
    atom = text_of("tin-dong-hai.xml")
    assert atom.count("<media:content ") == atom.count("<media:description ") == 3
    default = text_of("tin.xml")
    assert all(f"<{tag} url=" in default for tag in ("enclosure", "media:content", "media:thumbnail"))


def test_lengths_are_mixed_so_that_every_layout_is_exercised() -> None:
    stories = [item for name in NEWS for item in items_of(name)]
    titles = [len(item.title.split()) for item in stories]
    assert min(titles) <= 6
    assert max(titles) > 25
    counts = {sentences(item) for item in stories}
    assert {1, 2, 3, 6} <= counts
    longest = max(stories, key=lambda item: len(item.summary))
    assert len(words(longest.summary)) > 1200
    assert longest.summary.count("<p>") == 3


def test_timetables_are_tables_of_offices_and_not_of_names() -> None:
    for item, rows_wanted in zip(items_of("lich-tiep-dan.xml"), (8, 6), strict=True):
        head, *rows = [cells(row) for row in re.findall(r"<tr>(.*?)</tr>", item.summary, re.DOTALL)]
        assert head == ["Ngày", "Giờ", "Người tiếp", "Địa điểm"]
        assert len(rows) == rows_wanted
        assert all(len(row) == 4 and all(row) for row in rows)
        assert all(row[2].startswith(OFFICES) for row in rows)
        days = [row[0].split(", ")[1] for row in rows]
        assert days == sorted(days)


@each_sample
def test_the_library_reads_a_sample_whole_and_finds_nothing_odd(name: str) -> None:
    reading = reading_of(name)
    assert len(reading.entries) == COUNTS[name]
    assert not reading.notes
    for entry, item, raw in zip(reading.entries, items_of(name), raw_items(name), strict=True):
        assert not entry.notes
        assert (entry.title, entry.id, entry.link, entry.language) == (item.title, item.id, item.link, "vi")
        assert entry.published == datetime.fromtimestamp(timegm(item.published_parsed), UTC)
        assert entry.summary
        assert not re.search(r"[<>&]", entry.summary)
        pictures = PICTURE.findall(raw)
        assert entry.image == (ADDRESS + pictures[0] if pictures else None)


def test_the_library_keeps_what_the_pictures_of_a_body_show() -> None:
    alts = [entry.image_alt for entry in reading_of("tin-minh-tan.xml").entries if entry.image]
    assert len(alts) == 5
    assert "Trạm y tế xã Minh Tân" in alts
    assert all(alts)


def test_the_library_reads_the_timetables_as_tables_and_keeps_the_words_before_them() -> None:
    entries = reading_of("lich-tiep-dan.xml").entries
    assert [len(entry.table) for entry in entries] == [9, 7]
    assert all({len(row) for row in entry.table} == {4} for entry in entries)
    assert all("0221 000 00" in entry.summary and "Thứ" not in entry.summary for entry in entries)


def test_the_readme_names_every_file_with_its_number_of_items() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for name, count in COUNTS.items():
        assert re.search(rf"\| `{re.escape(name)}` \| (?:RSS 2\.0|Atom) \| {count} \|", readme), name
    for path in (SAMPLES / "pictures").glob("*.jpg"):
        users = [name for name in COUNTS if f"pictures/{path.name}" in text_of(name)]
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{path.stem}` |"))
        assert set(re.findall(r"`([a-z-]+\.xml)`", row)) == set(users)
