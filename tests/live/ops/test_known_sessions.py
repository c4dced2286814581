"""The server's memory of the sessions and keys that the desk has found valid."""

from __future__ import annotations

from server.live.ops.known_sessions import MOST, SECONDS, KnownSessions, has_session

HOA = {"HTTP_COOKIE": "a=1; bangtin=hoa; b=2"}
PROGRAM = {"HTTP_AUTHORIZATION": "Bearer btk_1"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_session_is_known_until_its_time_is_over_or_the_desk_says_otherwise() -> None:
    clock = Clock()
    sessions = KnownSessions(clock)
    assert sessions.access(HOA) == ""
    sessions.note(HOA, "signed-in")
    sessions.note(PROGRAM, "may-upload")
    assert (sessions.access(HOA), sessions.access(PROGRAM)) == ("signed-in", "may-upload")
    sessions.note(HOA, "")
    assert sessions.access(HOA) == ""
    clock.now = SECONDS
    assert sessions.access(PROGRAM) == ""


def test_a_cookie_that_the_answer_sets_is_worth_the_same() -> None:
    sessions = KnownSessions(Clock())
    sessions.note(HOA, "signed-in", ["bangtin=new; HttpOnly; Path=/", "other=x"])
    assert sessions.access({"HTTP_COOKIE": "bangtin=new"}) == "signed-in"
    assert sessions.access({"HTTP_COOKIE": "other=x"}) == ""


def test_it_remembers_no_more_than_so_many() -> None:
    sessions = KnownSessions(Clock())
    for number in range(MOST + 1):
        sessions.note({"HTTP_COOKIE": f"bangtin={number}"}, "signed-in")
    assert sessions.access({"HTTP_COOKIE": "bangtin=0"}) == ""
    assert sessions.access({"HTTP_COOKIE": "bangtin=1"}) == "signed-in"


def test_only_a_session_cookie_or_a_key_can_be_one() -> None:
    assert has_session(HOA)
    assert has_session(PROGRAM)
    assert not has_session({"HTTP_COOKIE": "language=vi; bangtin="})
    assert not has_session({})
