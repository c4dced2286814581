"""Hashing stands back, one password at a time; whoever asks does not."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from server.desk.auth.passwords import LOWEST_PRIORITY, LowPriorityHasher
from tests.desk.office import Office


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


class Watched:
    """A context that notes how nice it was asked, and in which thread."""

    schemes = ("watched",)

    def __init__(self) -> None:
        self.nice: list[int] = []
        self.threads: set[int] = set()

    def hash(self, secret: str, **options: Any) -> str:
        self._note()
        return f"{secret}{options}"

    def verify(self, secret: str, hashed: str) -> bool:
        self._note()
        return secret == hashed

    def _note(self) -> None:
        self.nice.append(niceness())
        self.threads.add(threading.get_ident())


def test_hashing_stands_back_and_who_asked_does_not() -> None:
    watched, before = Watched(), niceness()
    context = LowPriorityHasher(watched)
    assert context.hash("a", rounds=1) == "a{'rounds': 1}"
    assert context.verify("a", "a")
    assert not context.verify("a", "b")
    assert watched.nice == [LOWEST_PRIORITY] * 3
    assert niceness() == before
    assert context.schemes == ("watched",)


def test_one_password_at_a_time() -> None:
    watched = Watched()
    context = LowPriorityHasher(watched)
    with ThreadPoolExecutor(8) as people:
        found = list(people.map(lambda n: context.verify(str(n), "3"), range(8)))
    assert found == [n == 3 for n in range(8)]
    assert len(watched.threads) == 1


def test_the_desk_hashes_so(office: Office) -> None:
    security = office.app.extensions["security"]
    assert isinstance(security.pwd_context, LowPriorityHasher)
    hashed = security.pwd_context.hash("mật khẩu dài đủ chữ")
    assert hashed.startswith("$argon2id$")
    assert security.pwd_context.verify("mật khẩu dài đủ chữ", hashed)
