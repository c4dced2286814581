"""Open data: the tables say what boards show and count screens, and nothing that identifies a screen."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from server.core.screens.screens import Link
from server.desk.public.feeds.data_views import TABLES
from server.desk.public.feeds.open_data import COLUMNS
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.screens import receipts
from tests.cast import DAY, HOI_TRUONG, HOUR, NOW, announcement, entry
from tests.desk.office import Office
from tests.desk.public.feeds.conftest import LICENCE, URL, public_config
from tests.store.screens.test_screens import paired
from tests.store.sources.readings import save


def rows(office: Office, name: str) -> list[dict[str, str]]:
    answer = office.browser().get(f"/data/{name}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_both_formats_hold_the_same_items(public: Office) -> None:
    one = announcements.post(public.db, announcement(title='Họp "dân", 8;30', longest_gap=HOUR), actor="lan")
    save(public.db, entry("bai-1"))
    listed = rows(public, "items")
    objects = json.loads(public.browser().get("/data/items.json").text)["items"]
    assert (
        [row["title"] for row in listed]
        == [row["title"] for row in objects]
        == ['Họp "dân", 8;30', "Khánh thành cầu bai-1"]
    )
    assert tuple(objects[0]) == COLUMNS["items"]
    assert listed[0]["url"] == objects[0]["url"] == f"{URL}/item/a{one.id}"
    assert listed[0]["boards"].split() == objects[0]["boards"] == ["hoi-truong", "pho-dong-hai", "xa-minh-tan"]
    (posting,) = rows(public, "postings")
    assert (posting["every_minutes"], posting["since"], posting["until"]) == (
        "60", "2026-03-09T07:30:00+07:00", "2026-03-10T07:30:00+07:00",
    )  # fmt: skip


def test_a_spreadsheet_runs_no_formula_of_a_title(public: Office) -> None:
    announcements.post(public.db, announcement(title="=HYPERLINK(1)"), actor="lan")
    assert rows(public, "items")[0]["title"] == "'=HYPERLINK(1)"


def test_screens_are_counted_and_not_named(public: Office) -> None:
    for number in range(3):
        screen, _ = paired(public.db, "hoi-truong", name=f"Máy số {number}", phone="0901")
        receipts.save(public.db, [], [], [Link(screen.id, number < 2, NOW if number else NOW - DAY)])
    boards.save(public.db, replace(HOI_TRUONG, slug="kin", public=False), actor="tuan", now=NOW)
    paired(public.db, "kin")
    counted = {row["board"]: (row["screens"], row["alive"]) for row in rows(public, "screens")}
    assert counted == {"hoi-truong": ("3", "1"), "xa-minh-tan": ("0", "0"), "pho-dong-hai": ("0", "0")}
    text = public.browser().get("/data/screens.json").text
    assert "Máy" not in text
    assert "0901" not in text
    assert json.loads(text)["screens"][0]["at"] == "2026-03-09T07:30:00+07:00"


def test_the_page_explains_every_column_and_names_the_licence(office: Office) -> None:
    office.config = public_config(data_licence=LICENCE)
    assert {name: tuple(one.columns) for name, one in TABLES.items()} == COLUMNS
    page = office.browser().get("/data/")
    assert "Giấy phép: CC BY 4.0" in page.text
    for columns in COLUMNS.values():
        assert all(f"<code>{column}</code>" in page.text for column in columns)
    assert json.loads(office.browser().get("/data/screens.json").text)["licence"] == LICENCE
    english = office.browser().get("/data/?lang=en").text
    assert '<html lang="en">' in english
    assert "Licence: CC BY 4.0" in english
    assert "How many screens each public board has" in english


@pytest.mark.parametrize("path", ["/data/khac.csv", "/data/items.xml", "/data/items"])
def test_there_is_no_other_table(public: Office, path: str) -> None:
    assert public.browser().get(path).status_code == 404


def test_without_a_licence_none_is_named(public: Office) -> None:
    assert "Giấy phép" not in public.browser().get("/data/").text
    assert "rights" not in public.browser().get("/board/hoi-truong/feed.atom").text
