"""The harvest over days: paces, moves, articles that go, texts of articles, pages, folders, and many that hang."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds import ParseError, Reading, Selectors
from feeds.clean.pictures import Picture
from feeds.download.http import Fetched
from feeds.errors import HttpStatus, TimedOut
from server.core.model import PageRules, Source
from server.core.sources import fetch_schedule
from server.store.audit import audit
from server.store.sources import sources, story_queries
from server.worker.harvest.dead_link_check import ALL_GONE, MOST
from server.worker.harvest.harvest import PROPOSED
from tests.cast import HOUR, NOW, entry, source
from tests.live.studio import Studio
from tests.worker.harvest.test_harvest import ARTICLES, Field, Slow, _until, got

A = source("a")
PACED = source("a", adaptive=True)
LINK = f"{ARTICLES}x"


@pytest.fixture
def acre(house: Studio, data: Path) -> Field:
    return Field(house, data)


def listed(acre: Field, *ids: str, body: bytes = b"one", **more: Any) -> None:
    acre.reader.answers[A.url] = got(body, **more)
    acre.reader.readings[body] = tuple(entry(id, title=f"Tin {id}") for id in ids)


# pace and health


def test_a_source_is_read_at_its_own_pace_and_as_the_host_asks(acre: Field) -> None:
    acre.sow(PACED)
    acre.reader.answers[A.url] = got()
    acre.reader.readings[b"one"] = tuple(entry(str(n), published=NOW - n * HOUR) for n in range(5))
    harvest = acre.harvest()
    harvest.beat()
    state = acre.state("a")
    assert (state.gap, state.last_new) == (HOUR, NOW)
    assert state.next_fetch_at == NOW + HOUR / 2
    acre.reader.answers[A.url] = replace(got(b"", 304), max_age=2 * HOUR)
    acre.clock.now = state.next_fetch_at
    harvest.beat()
    assert acre.state("a").next_fetch_at == acre.clock() + 2 * HOUR


def test_health_says_how_old_items_are_when_they_come(acre: Field) -> None:
    acre.sow(A)
    listed(acre, "cu")
    harvest = acre.harvest()
    harvest.beat()
    assert acre.state("a").age is None  # the first reading holds what was there before
    acre.clock.move(minutes=15)
    acre.reader.answers[A.url] = got(b"two")
    acre.reader.readings[b"two"] = (entry("moi", title="Tin moi", published=NOW + timedelta(minutes=8)),)
    harvest.beat()
    state = acre.state("a")
    assert (state.age, state.last_try) == (timedelta(minutes=7), acre.clock())


def test_a_file_that_was_not_there_is_read_within_seconds(acre: Field) -> None:
    acre.sow(Source("tep", "Tệp", "feed", "tin.xml", trust="auto"))
    harvest = acre.harvest()
    harvest.beat()
    (acre.data / "tin.xml").write_bytes(b"one")
    acre.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    acre.clock.now = acre.state("tep").next_fetch_at
    assert acre.clock() - NOW <= timedelta(seconds=5)
    harvest.beat()
    assert acre.titles("tep") == ["Tin x"]


def test_all_files_of_a_folder_are_one_source(acre: Field) -> None:
    acre.sow(Source("thu-muc", "Thư mục", "feed", "tin", trust="auto"))
    folder = acre.data / "tin"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.xml").write_bytes(name.encode())
        acre.reader.readings[name.encode()] = (entry(name, title=f"Tin {name}"),)
    (folder / "ghi-chu.txt").write_bytes(b"no feed")
    (folder / "hong.xml").write_bytes(b"broken")
    acre.reader.readings[b"broken"] = ParseError("Hỏng.", "broken")
    acre.harvest().beat()
    assert sorted(acre.titles("thu-muc")) == ["Tin one", "Tin two"]


# moves


def moved(to: str) -> Fetched:
    return replace(got(b"", 304), permanent=to)


def test_a_move_for_good_is_believed_after_three_days_within_the_domain(acre: Field) -> None:
    acre.sow(A)
    new = "https://www.example.vn/tin.xml"
    acre.reader.answers[A.url] = moved(new)
    harvest = acre.harvest()
    harvest.beat()
    assert (acre.state("a").moved_to, sources.get(acre.house.db, "a").url) == (new, A.url)
    acre.clock.now = NOW + fetch_schedule.ADOPT_AFTER
    harvest.beat()
    assert sources.get(acre.house.db, "a").url == new
    assert [act.act for act in audit.all(acre.house.db)] == ["source.move"]
    assert acre.state("a").moved_to == ""


def test_a_move_to_a_stranger_is_only_shown(acre: Field) -> None:
    acre.sow(A)
    acre.reader.answers[A.url] = moved("https://xoso.example.com/")
    harvest = acre.harvest()
    for _ in range(3):
        harvest.beat()
        acre.clock.move(days=2)
    assert sources.get(acre.house.db, "a").url == A.url
    assert acre.state("a").moved_to == "https://xoso.example.com/"


# articles that go


def test_a_page_that_is_gone_takes_its_story_and_nothing_brings_it_back(acre: Field) -> None:
    acre.sow(A)
    listed(acre, "x", "y")
    harvest = acre.harvest()
    harvest.beat()
    acre.reader.answers[LINK] = HttpStatus("Không còn.", 404)
    acre.clock.move(minutes=15)
    harvest.beat()  # the feed is as before, and still lists it
    assert acre.titles("a") == ["Tin y"]
    listed(acre, "x", "y", body=b"two")
    acre.clock.move(minutes=15)
    harvest.beat()
    assert acre.titles("a") == ["Tin y"]


@pytest.mark.parametrize("answer", [HttpStatus("Cấm.", 403), HttpStatus("Lỗi.", 500), TimedOut("Chậm.", "timeout")])
def test_a_page_that_only_fails_keeps_its_story(acre: Field, answer: Exception) -> None:
    acre.sow(A)
    listed(acre, "x")
    acre.reader.answers[LINK] = answer
    acre.harvest().beat()
    assert acre.titles("a") == ["Tin x"]


def test_a_site_that_says_so_of_all_its_pages_is_broken_and_loses_nothing(acre: Field) -> None:
    acre.sow(A)
    ids = [f"t{n}" for n in range(5)]
    listed(acre, *ids)
    for id in ids:
        acre.reader.answers[f"{ARTICLES}{id}"] = HttpStatus("Không còn.", 404)
    acre.harvest().beat()
    assert len(acre.titles("a")) == 5
    assert acre.state("a").warning == ALL_GONE


def test_pages_are_asked_in_turn_a_handful_at_a_time_and_only_of_the_own_domain(acre: Field) -> None:
    acre.sow(A)
    ids = [f"t{n}" for n in range(MOST + 2)]
    listed(acre, *ids)
    acre.reader.readings[b"one"] = (*acre.reader.readings[b"one"], entry("la", link="https://khac.vn/1"))  # type: ignore[misc]
    harvest = acre.harvest()
    harvest.beat()
    assert len(acre.reader.looked_back) == MOST
    acre.clock.move(minutes=15)
    harvest.beat()
    assert set(acre.reader.looked_back) == {f"{ARTICLES}{id}" for id in ids}


# what an article says


TOLD = source("a", full_text=True)
TEXT = "Xã đã nạo vét 12 km kênh mương nội đồng trước mùa mưa bão, sớm hơn kế hoạch hai tuần, bằng sức của nhân dân."


def test_a_short_item_gets_the_text_and_the_picture_of_its_page_once(acre: Field) -> None:
    acre.sow(TOLD)
    acre.reader.answers |= {A.url: got(), LINK: got(b"page"), "https://tinh.example.vn/og.jpg": got(b"jpeg")}
    acre.reader.readings[b"one"] = (entry("x", title="Tin x", summary=""),)
    acre.reader.articles[b"page"] = (TEXT, "https://tinh.example.vn/og.jpg", "Kênh")
    acre.reader.pictures[b"jpeg"] = Picture(b"webp", 640, 360)
    harvest = acre.harvest()
    harvest.beat()
    (story,) = story_queries.of_source(acre.house.db, "a", most=9)
    assert (story.summary, story.image_alt, story.version) == (TEXT, "Kênh", 1)
    assert story.image is not None
    acre.reader.answers[A.url] = got(b"two")
    acre.reader.readings[b"two"] = acre.reader.readings[b"one"]
    acre.clock.move(minutes=15)
    harvest.beat()
    (again,) = story_queries.of_source(acre.house.db, "a", most=9)
    assert (again.summary, again.image, again.version) == (TEXT, story.image, 1)
    assert [url for url, _, _ in acre.reader.asked].count(LINK) == 3  # its text once, twice whether it is there


def test_an_article_that_cannot_be_had_leaves_the_item_as_it_is(acre: Field) -> None:
    acre.sow(TOLD)
    acre.reader.answers |= {A.url: got(), LINK: TimedOut("Chậm.", "timeout")}
    acre.reader.readings[b"one"] = (entry("x", title="Tin x", summary=""),)
    acre.harvest().beat()
    assert acre.titles("a") == ["Tin x"]


def test_a_picture_that_could_not_be_had_is_left_in_peace_for_some_hours(acre: Field) -> None:
    acre.sow(A)
    picture = "https://anh.vn/1.jpg"
    acre.reader.answers |= {A.url: got(), picture: HttpStatus("Không có.", 404)}
    harvest = acre.harvest()
    for hour in (0, 1, 7):
        acre.clock.now = NOW + hour * HOUR
        body = str(hour).encode()
        acre.reader.answers[A.url] = got(body)
        acre.reader.readings[body] = (entry("x", title=f"Tin {hour}", image=picture),)
        harvest.beat()
    assert [url for url, _, _ in acre.reader.asked].count(picture) == 2
    assert acre.titles("a") == ["Tin 7"]


# list pages


def test_a_page_is_read_by_its_selectors_and_as_many_pages_on_as_it_says(acre: Field) -> None:
    page = source("a", kind="page", page=PageRules(item="li", pages=3))
    acre.sow(page)
    at = [A.url, "https://tinh.example.vn/?p=2", "https://tinh.example.vn/?p=3", "https://tinh.example.vn/?p=4"]
    for n in range(4):
        acre.reader.answers[at[n]] = got(str(n).encode())
        following = at[n + 1] if n < 3 else ""
        told = (entry(f"t{n}", title=f"Tin {n}"),)
        acre.reader.readings[str(n).encode()] = Reading("", "", "vi", told, next=following)
    acre.harvest().beat()
    assert sorted(acre.titles("a")) == ["Tin 0", "Tin 1", "Tin 2"]
    assert acre.reader.pages == [Selectors(item="li")] * 3
    assert acre.state("a").warning == ""


def test_a_page_without_selectors_is_read_by_proposed_ones_and_says_so(acre: Field) -> None:
    acre.sow(source("a", kind="page"))
    listed(acre, "x")
    acre.harvest().beat()
    assert acre.reader.pages == [Selectors()]
    assert acre.state("a").warning == PROPOSED


# many that hang


@pytest.fixture
def many() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(24) as pool:
        yield pool


def test_twenty_hosts_that_hang_hold_back_no_other(acre: Field, many: ThreadPoolExecutor) -> None:
    hanging = [Source(f"a{n:02}", "Treo", "feed", f"https://h{n}.vn/", trust="auto") for n in range(20)]
    well = Source("z", "Khỏe", "feed", "https://khoe.vn/tin.xml", trust="auto")
    acre.sow(*hanging, well)
    slow = Slow(let_through=("khoe.vn",))
    harvest = acre.harvest(slow, remote=many)
    for _ in range(6):  # longest due first: the twenty stand before it
        harvest.beat()
        acre.clock.move(seconds=3)
    _until(harvest.beat, lambda: acre.state("z").last_good is not None)
    slow.go.set()


def test_sources_that_failed_last_time_have_threads_of_their_own(acre: Field, many: ThreadPoolExecutor) -> None:
    hanging = [Source(f"a{n:02}", "Treo", "feed", f"https://h{n}.vn/", trust="auto") for n in range(90)]
    acre.sow(*hanging)
    quick = acre.harvest()
    acre.reader.answers |= {one.url: TimedOut("Chậm.", "timeout") for one in hanging}
    for _ in range(3):
        quick.beat()
    acre.clock.move(hours=5)
    well = Source("z", "Khỏe", "feed", "https://khoe.vn/tin.xml", trust="auto")
    acre.sow(*hanging, well)
    slow = Slow(let_through=("khoe.vn",))
    with ThreadPoolExecutor(12) as ailing:
        harvest = acre.harvest(slow, remote=many, ailing=ailing)
        acre.clock.move(days=1)
        harvest.beat()
        _until(harvest.beat, lambda: acre.state("z").last_good is not None)
        slow.go.set()
