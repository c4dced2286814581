"""All transactions take locks in one order, so that simultaneous actions never deadlock and none fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.core.model import Mode
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.database.errors import StoreDeadlock, StoreRefusal, Unstorable
from server.store.database.locks import retry_on_deadlock
from server.store.notices import notices
from server.store.screens import pairing, screens
from tests.cast import BOARDS, EDITOR, NOW, notice

ROUNDS = 25
HALL, COMMUNE = BOARDS[0].slug, BOARDS[1].slug


def test_moves_of_screens_and_changes_of_boards_at_once_all_succeed(db: Database) -> None:
    code, secret, _ = pairing.open_code(db, NOW)
    screen = pairing.claim(db, code, HALL, actor=EDITOR.slug, now=NOW).id
    pairing.collect(db, code, secret, NOW)

    def move(number: int) -> None:
        screens.move(db, screen, (HALL, COMMUNE)[number % 2], actor=EDITOR.slug, now=NOW)

    def set_mode(number: int) -> None:
        modes: tuple[Mode, Mode] = ("dark", "on")
        boards.set_mode(db, HALL, modes[number % 2], actor=EDITOR.slug, now=NOW)
        boards.set_mode(db, COMMUNE, modes[number % 2], actor=EDITOR.slug, now=NOW)

    def post(number: int) -> None:
        made = notices.post(db, notice(headline=f"Tin số {number}"), actor=EDITOR.slug, now=NOW)
        notices.clear(db, made.id, actor=EDITOR.slug, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(_repeat, act) for act in (move, set_mode, post, move)]
        for one in running:
            one.result()
    assert _deadlocks(db) == 0


def _repeat(act: Callable[[int], None]) -> None:
    for number in range(ROUNDS):
        act(number)


def _deadlocks(db: Database) -> int:
    """The number of deadlocks that PostgreSQL has detected in this database; 0 on SQLite."""
    if db.dialect != "postgresql":
        return 0
    with db.read() as conn:
        counted = conn.exec_driver_sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(counted.scalar_one())


def test_a_transaction_that_was_ended_for_a_deadlock_is_run_again_with_the_same_arguments() -> None:
    runs: list[tuple[int, ...]] = []

    @retry_on_deadlock
    def work(numbers: Iterator[int]) -> int:
        runs.append(tuple(numbers))
        if len(runs) < 3:
            raise StoreDeadlock("bận")
        return len(runs)

    assert work(iter((1, 2))) == 3
    assert runs == [(1, 2)] * 3


def test_one_that_is_always_ended_gives_up() -> None:
    @retry_on_deadlock
    def work() -> None:
        raise StoreDeadlock("bận")

    with pytest.raises(StoreDeadlock):
        work()


def test_a_text_with_a_nul_is_stored_or_refused_but_no_failure_of_the_store(db: Database) -> None:
    def post() -> None:
        notices.post(db, notice(headline="Bão\0 số 3"), actor=EDITOR.slug, now=NOW)

    if db.dialect == "sqlite":
        post()
        return
    with pytest.raises(Unstorable) as refused:
        post()
    assert isinstance(refused.value, StoreRefusal)
