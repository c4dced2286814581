"""The harvest over days: intervals, moves, dead links, article texts, list pages, folders, and hosts that hang."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds import ParseError, Reading, Selectors
from feeds.download.http import Fetched
from feeds.entry import Picture
from feeds.errors import HttpStatus, TimedOut
from server.core.model import PageRules, Source
from server.core.sources import fetch_schedule
from server.store.audit import audit
from server.store.sources import sources, story_queries
from server.worker.harvest.dead_link_check import ALL_GONE, PAGES_PER_READING
from server.worker.harvest.harvest import SELECTORS_PROPOSED
from tests.cast import HOUR, NOW, entry, source
from tests.worker.harvest.support import ARTICLES, BlockingFeeds, HarvestCase, fetched, file_source, wait_until

A = source("a")
PACED = source("a", adaptive=True)
LINK = f"{ARTICLES}x"


def listed(case: HarvestCase, *ids: str, body: bytes = b"one", **more: Any) -> None:
    case.reader.answers[A.url] = fetched(body, **more)
    case.reader.readings[body] = tuple(entry(id, title=f"Tin {id}") for id in ids)


# interval and health


def test_the_interval_follows_the_source_and_the_hosts_max_age(case: HarvestCase) -> None:
    case.seed(PACED)
    case.reader.answers[A.url] = fetched()
    case.reader.readings[b"one"] = tuple(entry(str(n), published=NOW - n * HOUR) for n in range(5))
    harvest = case.harvest()
    harvest.tick()
    state = case.state("a")
    assert (state.gap, state.last_new) == (HOUR, NOW)
    assert state.next_fetch_at == NOW + HOUR / 2
    case.reader.answers[A.url] = replace(fetched(b"", 304), max_age=2 * HOUR)
    case.clock.now = state.next_fetch_at
    harvest.tick()
    assert case.state("a").next_fetch_at == case.clock() + 2 * HOUR


def test_health_holds_the_age_of_items_on_arrival(case: HarvestCase) -> None:
    case.seed(A)
    listed(case, "cu")
    harvest = case.harvest()
    harvest.tick()
    assert case.state("a").age is None  # entries of the first reading are older, and do not count
    case.clock.move(minutes=15)
    case.reader.answers[A.url] = fetched(b"two")
    case.reader.readings[b"two"] = (entry("moi", title="Tin moi", published=NOW + timedelta(minutes=8)),)
    harvest.tick()
    state = case.state("a")
    assert (state.age, state.last_try) == (timedelta(minutes=7), case.clock())


def test_a_file_that_appears_is_read_within_seconds(case: HarvestCase) -> None:
    case.seed(file_source("tin.xml"))
    harvest = case.harvest()
    harvest.tick()
    (case.data / "tin.xml").write_bytes(b"one")
    case.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    case.clock.now = case.state("tep").next_fetch_at
    assert case.clock() - NOW <= timedelta(seconds=5)
    harvest.tick()
    assert case.titles("tep") == ["Tin x"]


def test_all_files_of_a_folder_are_one_source(case: HarvestCase) -> None:
    case.seed(Source("thu-muc", "Thư mục", "feed", "tin", trust="auto"))
    folder = case.data / "tin"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.xml").write_bytes(name.encode())
        case.reader.readings[name.encode()] = (entry(name, title=f"Tin {name}"),)
    (folder / "ghi-chu.txt").write_bytes(b"no feed")
    (folder / "hong.xml").write_bytes(b"broken")
    case.reader.readings[b"broken"] = ParseError("Hỏng.", "broken")
    case.harvest().tick()
    assert sorted(case.titles("thu-muc")) == ["Tin one", "Tin two"]


# moves


def moved(to: str) -> Fetched:
    return replace(fetched(b"", 304), permanent=to)


def test_a_permanent_move_within_the_domain_is_adopted_after_three_days(case: HarvestCase) -> None:
    case.seed(A)
    new = "https://www.example.vn/tin.xml"
    case.reader.answers[A.url] = moved(new)
    harvest = case.harvest()
    harvest.tick()
    assert (case.state("a").moved_to, sources.get(case.house.db, "a").url) == (new, A.url)
    case.clock.now = NOW + fetch_schedule.ADOPT_AFTER
    harvest.tick()
    assert sources.get(case.house.db, "a").url == new
    assert [act.act for act in audit.all(case.house.db)] == ["source.move"]
    assert case.state("a").moved_to == ""


@pytest.mark.parametrize(("to", "trust"), [("http://www.example.vn/b.xml", "hold"), ("", "auto")])
def test_a_moved_source_airs_unread_only_if_the_scheme_alone_has_changed(
    case: HarvestCase, to: str, trust: str
) -> None:
    case.seed(replace(A, url="http://tin.example.vn/a.xml", trust="auto"))
    to = to or "https://tin.example.vn/a.xml"
    case.reader.answers["http://tin.example.vn/a.xml"] = moved(to)
    harvest = case.harvest()
    harvest.tick()
    case.clock.now = NOW + fetch_schedule.ADOPT_AFTER
    harvest.tick()
    found = sources.get(case.house.db, "a")
    assert (found.url, found.trust) == (to, trust)


def test_a_move_to_another_domain_is_only_shown(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = moved("https://xoso.example.com/")
    harvest = case.harvest()
    for _ in range(3):
        harvest.tick()
        case.clock.move(days=2)
    assert sources.get(case.house.db, "a").url == A.url
    assert case.state("a").moved_to == "https://xoso.example.com/"


# dead links


def test_a_story_whose_page_is_gone_is_withdrawn_for_good(case: HarvestCase) -> None:
    case.seed(A)
    listed(case, "x", "y")
    harvest = case.harvest()
    harvest.tick()
    case.reader.answers[LINK] = HttpStatus("Không còn.", 404)
    case.clock.move(minutes=15)
    harvest.tick()  # the feed is unchanged and still lists the story
    assert case.titles("a") == ["Tin y"]
    listed(case, "x", "y", body=b"two")
    case.clock.move(minutes=15)
    harvest.tick()
    assert case.titles("a") == ["Tin y"]


@pytest.mark.parametrize("answer", [HttpStatus("Cấm.", 403), HttpStatus("Lỗi.", 500), TimedOut("Chậm.", "timeout")])
def test_a_page_that_fails_otherwise_keeps_its_story(case: HarvestCase, answer: Exception) -> None:
    case.seed(A)
    listed(case, "x")
    case.reader.answers[LINK] = answer
    case.harvest().tick()
    assert case.titles("a") == ["Tin x"]


def test_nothing_is_withdrawn_if_all_pages_of_a_site_are_gone(case: HarvestCase) -> None:
    case.seed(A)
    ids = [f"t{n}" for n in range(5)]
    listed(case, *ids)
    for id in ids:
        case.reader.answers[f"{ARTICLES}{id}"] = HttpStatus("Không còn.", 404)
    case.harvest().tick()
    assert len(case.titles("a")) == 5
    assert case.state("a").warning == ALL_GONE


def test_pages_are_checked_in_turn_a_few_per_reading_and_only_on_the_own_domain(case: HarvestCase) -> None:
    case.seed(A)
    ids = [f"t{n}" for n in range(PAGES_PER_READING + 2)]
    listed(case, *ids)
    elsewhere = entry("la", link="https://khac.vn/1")
    case.reader.readings[b"one"] = (*(entry(id, title=f"Tin {id}") for id in ids), elsewhere)
    harvest = case.harvest()
    harvest.tick()
    assert len(case.reader.checked_links) == PAGES_PER_READING
    case.clock.move(minutes=15)
    harvest.tick()
    assert set(case.reader.checked_links) == {f"{ARTICLES}{id}" for id in ids}


# article texts


WITH_TEXT = source("a", full_text=True)
TEXT = "Xã đã nạo vét 12 km kênh mương nội đồng trước mùa mưa bão, sớm hơn kế hoạch hai tuần, bằng sức của nhân dân."


def test_a_short_item_gets_the_text_and_the_picture_of_its_page_once(case: HarvestCase) -> None:
    case.seed(WITH_TEXT)
    case.reader.answers |= {
        A.url: fetched(),
        LINK: fetched(b"page"),
        "https://tinh.example.vn/og.jpg": fetched(b"jpeg"),
    }
    case.reader.readings[b"one"] = (entry("x", title="Tin x", summary=""),)
    case.reader.articles[b"page"] = (TEXT, "https://tinh.example.vn/og.jpg", "Kênh")
    case.reader.pictures[b"jpeg"] = Picture(b"webp", 640, 360)
    harvest = case.harvest()
    harvest.tick()
    (story,) = story_queries.of_source(case.house.db, "a", most=9)
    assert (story.summary, story.image_alt, story.version) == (TEXT, "Kênh", 1)
    assert story.image is not None
    case.reader.answers[A.url] = fetched(b"two")
    case.reader.readings[b"two"] = case.reader.readings[b"one"]
    case.clock.move(minutes=15)
    harvest.tick()
    (again,) = story_queries.of_source(case.house.db, "a", most=9)
    assert (again.summary, again.image, again.version) == (TEXT, story.image, 1)
    assert [url for url, _, _ in case.reader.asked].count(
        LINK
    ) == 3  # once for the text, twice by the dead-link check


def test_an_item_stays_as_it_is_if_its_article_cannot_be_fetched(case: HarvestCase) -> None:
    case.seed(WITH_TEXT)
    case.reader.answers |= {A.url: fetched(), LINK: TimedOut("Chậm.", "timeout")}
    case.reader.readings[b"one"] = (entry("x", title="Tin x", summary=""),)
    case.harvest().tick()
    assert case.titles("a") == ["Tin x"]


def test_a_picture_that_failed_is_not_requested_again_for_hours(case: HarvestCase) -> None:
    case.seed(A)
    picture = "https://anh.vn/1.jpg"
    case.reader.answers |= {A.url: fetched(), picture: HttpStatus("Không có.", 404)}
    harvest = case.harvest()
    for hour in (0, 1, 7):
        case.clock.now = NOW + hour * HOUR
        body = str(hour).encode()
        case.reader.answers[A.url] = fetched(body)
        case.reader.readings[body] = (entry("x", title=f"Tin {hour}", image=picture),)
        harvest.tick()
    assert [url for url, _, _ in case.reader.asked].count(picture) == 2
    assert case.titles("a") == ["Tin 7"]


# list pages


def test_a_list_page_is_read_by_its_selectors_with_the_configured_number_of_pages(case: HarvestCase) -> None:
    page = source("a", kind="page", page=PageRules(item="li", pages=3))
    case.seed(page)
    at = [A.url, "https://tinh.example.vn/?p=2", "https://tinh.example.vn/?p=3", "https://tinh.example.vn/?p=4"]
    for n in range(4):
        case.reader.answers[at[n]] = fetched(str(n).encode())
        following = at[n + 1] if n < 3 else ""
        entries = (entry(f"t{n}", title=f"Tin {n}"),)
        case.reader.readings[str(n).encode()] = Reading("", "", "vi", entries, next=following)
    case.harvest().tick()
    assert sorted(case.titles("a")) == ["Tin 0", "Tin 1", "Tin 2"]
    assert case.reader.pages == [Selectors(item="li")] * 3
    assert case.state("a").warning == ""


def test_a_page_without_selectors_uses_proposed_ones_and_warns(case: HarvestCase) -> None:
    case.seed(source("a", kind="page"))
    listed(case, "x")
    case.harvest().tick()
    assert case.reader.pages == [Selectors()]
    assert case.state("a").warning == SELECTORS_PROPOSED


# many hosts that hang


@pytest.fixture
def many() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(24) as pool:
        yield pool


def test_twenty_hosts_that_hang_do_not_delay_another(case: HarvestCase, many: ThreadPoolExecutor) -> None:
    hanging = [Source(f"a{n:02}", "Treo", "feed", f"https://h{n}.vn/", trust="auto") for n in range(20)]
    well = Source("z", "Khỏe", "feed", "https://khoe.vn/tin.xml", trust="auto")
    case.seed(*hanging, well)
    blocking = BlockingFeeds(let_through=("khoe.vn",))
    harvest = case.harvest(blocking, remote=many)
    for _ in range(6):  # the twenty are claimed first, because they are due for longer
        harvest.tick()
        case.clock.move(seconds=3)
    wait_until(harvest.tick, lambda: case.state("z").last_good is not None)
    blocking.go.set()


def test_failing_sources_have_separate_threads(case: HarvestCase, many: ThreadPoolExecutor) -> None:
    hanging = [Source(f"a{n:02}", "Treo", "feed", f"https://h{n}.vn/", trust="auto") for n in range(90)]
    case.seed(*hanging)
    quick = case.harvest()
    case.reader.answers |= {one.url: TimedOut("Chậm.", "timeout") for one in hanging}
    for _ in range(3):
        quick.tick()
    case.clock.move(hours=5)
    well = Source("z", "Khỏe", "feed", "https://khoe.vn/tin.xml", trust="auto")
    case.seed(*hanging, well)
    blocking = BlockingFeeds(let_through=("khoe.vn",))
    with ThreadPoolExecutor(12) as ailing:
        harvest = case.harvest(blocking, remote=many, ailing=ailing)
        case.clock.move(days=1)
        harvest.tick()
        wait_until(harvest.tick, lambda: case.state("z").last_good is not None)
        blocking.go.set()
