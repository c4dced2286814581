"""Passwords are hashed one at a time, in a thread of low priority; the calling thread keeps its own priority."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from server.desk.auth.passwords import LOWEST_PRIORITY, MOST_STRANGERS, LowPriorityHasher
from tests.desk.office import Office


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


class RecordingContext:
    """A passlib context that records the niceness and the thread of each call."""

    schemes = ("recording",)

    def __init__(self) -> None:
        self.niceness: list[int] = []
        self.threads: set[int] = set()

    def hash(self, secret: str, **options: object) -> str:
        self._record()
        return f"{secret}{options}"

    def verify(self, secret: str, hashed: str) -> bool:
        self._record()
        return secret == hashed

    def _record(self) -> None:
        self.niceness.append(niceness())
        self.threads.add(threading.get_ident())


def test_hashing_has_low_priority_and_the_caller_keeps_its_own() -> None:
    recording, before = RecordingContext(), niceness()
    context = LowPriorityHasher(recording, lambda: False)
    assert context.hash("a", rounds=1) == "a{'rounds': 1}"
    assert context.verify("a", "a")
    assert not context.verify("a", "b")
    assert recording.niceness == [LOWEST_PRIORITY] * 3
    assert niceness() == before
    assert context.schemes == ("recording",)


def test_one_password_is_hashed_at_a_time() -> None:
    recording = RecordingContext()
    context = LowPriorityHasher(recording, lambda: False)
    with ThreadPoolExecutor(MOST_STRANGERS) as people:
        found = list(people.map(lambda n: context.verify(str(n), "2"), range(MOST_STRANGERS)))
    assert found == [False, False, True]
    assert len(recording.threads) == 1


def test_the_desk_uses_this_hasher(office: Office) -> None:
    security = office.app.extensions["security"]
    assert isinstance(security.pwd_context, LowPriorityHasher)
    hashed = security.pwd_context.hash("mật khẩu dài đủ chữ")
    assert hashed.startswith("$argon2id$")
    assert security.pwd_context.verify("mật khẩu dài đủ chữ", hashed)
