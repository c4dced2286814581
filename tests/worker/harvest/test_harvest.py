"""The harvest of one source: entries are stored, unchanged feeds are skipped, failures make it wait longer."""

# ruff: noqa: ARG002 - a fake has the whole signature of what it replaces
from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.download.http import Fetched
from feeds.download.request import FetchPolicy
from feeds.entry import Picture
from feeds.errors import HttpStatus, ParseError, PictureError, TimedOut
from server.core.sources.fetch_schedule import LONGEST_BACKOFF, LONGEST_RETRY_AFTER
from server.store.database import revision
from server.store.sources import story_queries
from tests.cast import MINUTE, NOW, entry
from tests.worker.harvest.support import A, B, FakeFeeds, HarvestCase, Logged, fetched, file_source


def test_entries_become_stories_and_the_next_reading_is_scheduled(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = fetched(etag='"1"', modified="Mon")
    case.reader.readings[b"one"] = (entry("x", title="Tin x"), entry("y", title="Tin y"))
    case.harvest().tick()
    assert sorted(case.titles("a")) == ["Tin x", "Tin y"]
    state = case.state("a")
    assert (state.etag, state.last_modified, state.failures, state.last_good) == ('"1"', "Mon", 0, NOW)
    assert state.next_fetch_at == NOW + A.every


def test_no_source_is_fetched_before_it_is_due(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = fetched()
    case.reader.readings[b"one"] = ()
    harvest = case.harvest()
    for _ in range(5):
        harvest.tick()
        case.clock.move(minutes=14)
    assert len(case.reader.asked) == 3  # at 0, 28 and 56 minutes, because the interval is 15


@pytest.mark.parametrize("again", [fetched(b"", 304), fetched(b"one")])
def test_an_unchanged_body_is_not_parsed(case: HarvestCase, again: Fetched) -> None:
    case.seed(A)
    case.reader.answers[A.url] = fetched(etag='"1"', modified="Mon")
    case.reader.readings[b"one"] = (entry("x"),)
    harvest = case.harvest()
    harvest.tick()
    case.reader.answers[A.url] = again
    before = revision.current(case.house.db)
    case.clock.move(minutes=15)
    harvest.tick()
    assert case.reader.asked[1:] == [(A.url, '"1"', "Mon")]
    assert case.reader.read_bodies == [b"one"]
    assert revision.current(case.house.db) == before
    assert case.state("a").etag == '"1"'
    assert case.state("a").last_good == case.clock()


def test_half_a_feed_is_saved_and_fetched_again(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = fetched(complete=False)
    case.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = case.harvest()
    harvest.tick()
    case.clock.move(minutes=15)
    harvest.tick()
    assert case.titles("a") == ["Tin x"]
    assert case.reader.read_bodies == [b"one", b"one"]


def test_failures_back_off_and_the_first_success_resets_them(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = TimedOut("Chậm quá.", "timeout")
    harvest = case.harvest()
    waits = []
    for failure in range(1, 8):
        harvest.tick()
        state = case.state("a")
        assert (state.failures, state.last_error) == (failure, "Chậm quá.")
        waits.append(state.next_fetch_at - case.clock())
        case.clock.now = state.next_fetch_at
    assert waits[:4] == [A.every, 2 * A.every, 4 * A.every, 8 * A.every]
    assert waits[-1] == LONGEST_BACKOFF
    case.reader.answers[A.url] = fetched()
    case.reader.readings[b"one"] = ()
    harvest.tick()
    state = case.state("a")
    assert (state.failures, state.last_error, state.next_fetch_at) == (0, "", case.clock() + A.every)


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [(timedelta(hours=2), timedelta(hours=2)), (timedelta(days=9), LONGEST_RETRY_AFTER), (MINUTE, A.every),
     (None, A.every)],
)  # fmt: skip
def test_retry_after_is_obeyed_within_limits(
    case: HarvestCase, retry_after: timedelta | None, wait: timedelta
) -> None:
    case.seed(A)
    case.reader.answers[A.url] = HttpStatus("Thưa hơn.", 429, retry_after)
    case.harvest().tick()
    assert case.state("a").next_fetch_at == NOW + wait


def test_a_source_that_is_gone_is_not_fetched_until_its_address_changes(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = HttpStatus("Đã gỡ.", 410)
    harvest = case.harvest()
    harvest.tick()
    case.clock.move(days=30)
    harvest.tick()
    assert len(case.reader.asked) == 1
    assert case.state("a").gone
    case.seed(replace(A, url=B.url))
    case.reader.answers[B.url] = fetched(b"", 304)
    harvest.tick()
    assert [url for url, _, _ in case.reader.asked] == [A.url, B.url]


def test_a_source_that_keeps_failing_is_logged_once_per_error(case: HarvestCase, logged: Logged) -> None:
    case.seed(A)
    case.reader.answers[A.url] = TimedOut("Chậm quá.", "timeout")
    harvest = case.harvest()
    for _ in range(4):
        harvest.tick()
        case.clock.move(hours=5)
    case.reader.answers[A.url] = HttpStatus("Hết chỗ.", 503)
    harvest.tick()
    errors = [line["error"] for line in logged if line["event"] == "source failed" and line["log_level"] == "warning"]
    assert errors == ["Chậm quá.", "Hết chỗ."]


def test_a_reading_that_could_not_be_saved_is_repeated_within_a_minute(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers[A.url] = fetched()
    case.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    harvest = case.harvest()

    class Locking(FakeFeeds):
        """Fake feeds; when the harvest has fetched, another connection holds the store's write lock."""

        def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
            writing.enter_context(case.house.open().write())
            return fetched()

    with ExitStack() as writing:
        busy = case.harvest(Locking(readings=case.reader.readings))
        busy.tick()
    busy.tick()
    assert case.titles("a") == []
    case.clock.move(minutes=1)
    harvest.tick()
    assert case.titles("a") == ["Tin x"]


# files and pictures


def test_a_file_is_relative_to_the_configuration_folder(case: HarvestCase) -> None:
    case.seed(file_source("tin.xml"))
    (case.data / "tin.xml").write_bytes(b"one")
    case.reader.readings[b"one"] = (entry("x", title="Tin x"),)
    case.harvest().tick()
    assert case.titles("tep") == ["Tin x"]
    assert case.reader.asked == []


def test_a_missing_file_is_a_failure(case: HarvestCase) -> None:
    case.seed(file_source("khong-co.xml"))
    case.harvest().tick()
    assert "khong-co.xml" in case.state("tep").last_error


def test_a_picture_is_stored_once_under_its_hash(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers |= {A.url: fetched(), "https://anh.vn/1.jpg": fetched(b"jpeg")}
    case.reader.readings[b"one"] = (
        entry("x", image="https://anh.vn/1.jpg"),
        entry("y", image="https://anh.vn/1.jpg"),
    )
    case.reader.pictures[b"jpeg"] = Picture(b"webp", 640, 360)
    harvest = case.harvest()
    harvest.tick()
    names = {story.image for story in story_queries.of_source(case.house.db, "a", most=9)}
    assert len(names) == 1
    assert (case.data / f"{names.pop()}.webp").read_bytes() == b"webp"
    case.reader.answers[A.url] = fetched(b"two")
    case.reader.readings[b"two"] = (entry("z", image="https://anh.vn/1.jpg"),)
    case.clock.move(minutes=15)
    harvest.tick()
    assert [url for url, _, _ in case.reader.asked] == [A.url, "https://anh.vn/1.jpg", A.url]


@pytest.mark.parametrize(
    ("response", "decoded"),
    [
        (HttpStatus("Không có.", 404), None),
        (fetched(b"jpeg"), PictureError("Hỏng.", "picture-damaged")),
        (fetched(b"jpeg"), ParseError("Quá tải.", "killed")),
    ],
)
def test_a_story_stays_without_a_picture_that_cannot_be_fetched(
    case: HarvestCase, response: Fetched | HttpStatus, decoded: ParseError | None
) -> None:
    case.seed(A)
    case.reader.answers |= {A.url: fetched(), "https://anh.vn/1.jpg": response}
    case.reader.readings[b"one"] = (entry("x", title="Tin x", image="https://anh.vn/1.jpg"),)
    if decoded is not None:
        case.reader.pictures[b"jpeg"] = decoded
    case.harvest().tick()
    assert case.titles("a") == ["Tin x"]
    assert case.state("a").failures == 0


def test_a_picture_that_failed_on_a_busy_machine_comes_without_a_change_of_the_source(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers |= {A.url: fetched(), "https://anh.vn/1.jpg": fetched(b"jpeg")}
    case.reader.readings[b"one"] = (entry("x", title="Tin x", image="https://anh.vn/1.jpg"),)
    case.reader.pictures[b"jpeg"] = ParseError("Quá tải.", "killed")
    harvest = case.harvest()
    harvest.tick()
    case.reader.pictures[b"jpeg"] = Picture(b"webp", 640, 360)
    case.clock.move(minutes=2)
    harvest.tick()
    (story,) = story_queries.of_source(case.house.db, "a", most=9)
    assert story.image is not None


def test_a_picture_that_fails_each_time_is_requested_three_times(case: HarvestCase) -> None:
    case.seed(A)
    case.reader.answers |= {A.url: fetched(), "https://anh.vn/1.jpg": TimedOut("Chậm.", "timeout")}
    case.reader.readings[b"one"] = (entry("x", title="Tin x", image="https://anh.vn/1.jpg"),)
    harvest = case.harvest()
    for _ in range(6):
        harvest.tick()
        case.clock.move(minutes=2)
    assert [url for url, _, _ in case.reader.asked].count("https://anh.vn/1.jpg") == 3
