"""Guessing passwords: parallel guesses do not exceed the limit, and the desk's other pages still answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event

import pytest

from server.core.policy import Grant
from server.store.people import people
from tests.desk.visitor import Visitor
from tests.slow import slow_unless
from tests.station import Station, config_text

BOARD = "xa-minh-tan"
ALLOWED = 5
TRIED, REFUSED, CROWDED = 200, 429, 503


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A server behind one proxy, so that requests can come from many addresses; its desk has one editor."""
    text = config_text([BOARD]).replace("[server]\n", "[server]\nproxies = 1\n")
    text += "\n[people]\nsecond_factor = false\n"
    made = Station.of(tmp_path_factory.mktemp("guessed"), text)
    try:
        made.start(worker=False)
        now = made.now(BOARD)
        people.add(made.store, username="lan", name="Lan", email="lan@example.vn", actor="os:root", now=now)
        people.grant(made.store, "lan", Grant("editor", BOARD), by=None, actor="os:root", now=now)
        yield made
    finally:
        made.close()


def test_of_sixty_guesses_at_once_at_most_five_are_tried(station: Station) -> None:
    barrier = Barrier(60)

    def guess(number: int) -> int:
        barrier.wait(60)
        return Visitor(station).post("/desk/login", {"email": "lan", "password": f"sai lần {number}"}).status

    with ThreadPoolExecutor(60) as guessers:
        told = Counter(guessers.map(guess, range(60)))
    assert 1 <= told[TRIED] <= ALLOWED
    assert told[TRIED] + told[REFUSED] + told[CROWDED] == 60


def guess_until(station: Station, address: str, over: Event, numbers: Iterator[int], crowded: Event) -> Counter[int]:
    """Posts wrong passwords from one address, each for a new account name, until ``over`` is set.

    Sets ``crowded`` when all places for hashing are taken. Returns how often each HTTP status was answered.
    """
    told: Counter[int] = Counter()
    while not over.is_set():
        form = {"email": f"khong-co-{next(numbers)}", "password": "một câu đủ dài để băm"}
        answer = Visitor(station, address).post("/desk/login", form)
        told[answer.status] += 1
        if answer.status == CROWDED:
            crowded.set()
            assert answer.headers["retry-after"].isdecimal()
            assert "thử lại sau vài giây" in answer.text
    return told


@pytest.mark.parametrize("addresses", slow_unless((20,), (20, 100)))
def test_pages_answer_while_as_many_passwords_as_allowed_wait(station: Station, addresses: int) -> None:
    editor, over, numbers, crowded = Visitor(station).sign_in("lan"), Event(), count(), Event()
    with ThreadPoolExecutor(addresses) as guessers:
        busy = [
            guessers.submit(guess_until, station, f"10.0.{number // 250}.{number % 250 + 1}", over, numbers, crowded)
            for number in range(addresses)
        ]
        try:
            assert crowded.wait(60), "the places for hashing were never all taken"
            pages = [editor.get("/desk/urgent/").status for _ in range(10)]
        finally:
            over.set()
    assert pages == [200] * 10
    told = sum((one.result() for one in busy), Counter[int]())
    assert set(told) <= {TRIED, REFUSED, CROWDED}
