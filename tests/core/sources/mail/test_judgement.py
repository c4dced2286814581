"""A letter is taken only from an authenticated sender on the list; machines and old letters are not."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from server.core.model import AllowedSender, MailSettings
from server.core.sources.mail.judgement import LARGEST, Envelope, allowed_sender, judge
from tests.cast import DAY, HOUR, NOW

LAN = AllowedSender("lan@xa.vn", "xa-minh-tan", ("xa-minh-tan",))
ALL = AllowedSender("@xa.vn", "xa-minh-tan")
SETTINGS = MailSettings("hop-thu@tinh.vn", "mx.tinh.vn", (ALL, LAN))
OWN = frozenset({"bangtin@tinh.vn"})


def letter(*more: tuple[str, str], sender: str = "lan@xa.vn", size: int = 1000, age: timedelta = HOUR) -> Envelope:
    written = ("date", format_datetime(NOW - age))
    proof = ("authentication-results", f"mx.tinh.vn; dmarc=pass header.from={sender.rpartition('@')[2]}")
    return Envelope((proof, ("from", sender), written, *more), size, NOW - min(age, HOUR))


def test_a_letter_of_an_allowed_sender_is_taken_and_may_be_answered() -> None:
    found = judge(letter(), SETTINGS, OWN, NOW)
    assert (found.reason, found.sender, found.allowed, found.answers) == ("taken", "lan@xa.vn", LAN, True)


def test_an_address_has_precedence_over_its_domain() -> None:
    assert allowed_sender((ALL, LAN), "lan@xa.vn") == LAN
    assert allowed_sender((ALL, LAN), "hoa@xa.vn") == ALL
    assert allowed_sender((ALL, LAN), "hoa@thon.xa.vn") is None


@pytest.mark.parametrize(
    "mark",
    [
        ("auto-submitted", "auto-replied"),
        ("auto-submitted", "auto-generated; owner"),
        ("precedence", "Bulk"),
        ("list-id", "<tin.xa.vn>"),
        ("x-loop", "anybody"),
        ("return-path", "<>"),
        ("content-type", "multipart/report; report-type=delivery-status"),
    ],
)
def test_letters_of_machines_are_neither_taken_nor_answered(mark: tuple[str, str]) -> None:
    found = judge(letter(mark), SETTINGS, OWN, NOW)
    assert (found.reason, found.answers) == ("loop", False)


def test_own_letters_are_not_taken() -> None:
    listed = MailSettings("x", "mx.tinh.vn", (AllowedSender("@tinh.vn", "tinh"),))
    assert judge(letter(sender="bangtin@tinh.vn"), listed, OWN, NOW).reason == "loop"


def test_auto_submitted_no_is_a_person() -> None:
    assert judge(letter(("auto-submitted", "no")), SETTINGS, OWN, NOW).reason == "taken"


@pytest.mark.parametrize(
    ("age", "reason"), [(2 * DAY, "taken"), (4 * DAY, "stale"), (-2 * DAY, "stale"), (-HOUR, "taken")]
)
def test_old_letters_and_letters_from_the_future_are_stale(age: timedelta, reason: str) -> None:
    found = judge(letter(age=age), SETTINGS, OWN, NOW)
    assert (found.reason, found.answers) == (reason, reason == "taken")


def test_a_letter_that_waited_too_long_or_has_no_single_date_is_stale() -> None:
    fresh = letter()
    assert judge(Envelope(fresh.headers, 1000, NOW - 4 * DAY), SETTINGS, OWN, NOW).reason == "stale"
    undated = tuple(one for one in fresh.headers if one[0] != "date")
    assert judge(Envelope(undated, 1000, NOW), SETTINGS, OWN, NOW).reason == "stale"
    twice = (*fresh.headers, ("date", format_datetime(NOW)))
    assert judge(Envelope(twice, 1000, NOW), SETTINGS, OWN, NOW).reason == "stale"


def test_a_stranger_is_never_answered() -> None:
    unknown = judge(letter(sender="ai@khac.vn", size=2 * LARGEST), SETTINGS, OWN, NOW)
    assert (unknown.reason, unknown.answers) == ("not-listed", False)
    forged = Envelope((("from", "lan@xa.vn"), ("date", format_datetime(NOW))), 2 * LARGEST, NOW)
    assert (judge(forged, SETTINGS, OWN, NOW).reason, judge(forged, SETTINGS, OWN, NOW).answers) == (
        "no-results", False,
    )  # fmt: skip


def test_a_large_letter_is_refused_with_an_answer() -> None:
    found = judge(letter(size=LARGEST + 1), SETTINGS, OWN, NOW)
    assert (found.reason, found.answers) == ("too-large", True)
