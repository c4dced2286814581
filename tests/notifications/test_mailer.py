"""Letters leave by a real mail server, once each; while it is away nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.notifications.mailer import Mailer, MailServer
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.people import messages
from server.store.people.messages import Message
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARDS, HOUR, NOW, SOURCES
from tests.mailbox import Box, mailbox
from tests.ports import free_port


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    with mailbox() as made:
        yield made


@pytest.fixture
def db(tmp_path: Path) -> Database:
    made = Database.open("sqlite:///bangtin.db", tmp_path)
    made.migrate()
    sources.seed(made, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    return made


def office(port: int) -> MailServer:
    return MailServer(
        "127.0.0.1", port, "none", sender="bangtin@hungyen.example.vn", desk="https://bangtin.example.vn"
    )


def post_with_messages(db: Database, *addresses: str) -> None:
    told = [
        Message("lan", "Chờ duyệt: Lịch", "Hoa đã trình một thông báo.", "/desk/queue/", one) for one in addresses
    ]
    announcements.post(db, cast.announcement(), actor="hoa", notify=told)


def test_a_letter_is_sent_once_with_the_way_to_the_desk(db: Database, box: tuple[Box, int]) -> None:
    kept, port = box
    post_with_messages(db, "lan@example.vn")
    mailer = Mailer(db, office(port), lambda: NOW)
    mailer.beat()
    mailer.beat()
    (letter,) = kept.letters
    assert (letter["To"], letter["Subject"]) == ("lan@example.vn", "Chờ duyệt: Lịch")
    assert "https://bangtin.example.vn/desk/queue/" in letter.get_content()
    assert messages.due(db, NOW + HOUR) == ()


def test_one_address_that_is_refused_does_not_hold_up_the_others(db: Database, box: tuple[Box, int]) -> None:
    kept, port = box
    post_with_messages(db, "khong-ai@example.vn", "lan@example.vn")
    Mailer(db, office(port), lambda: NOW).beat()
    assert [letter["To"] for letter in kept.letters] == ["lan@example.vn"]
    assert [one.address for one in messages.due(db, NOW + HOUR)] == ["khong-ai@example.vn"]


def test_while_the_mail_server_is_away_letters_wait(db: Database, box: tuple[Box, int]) -> None:
    kept, port = box
    post_with_messages(db, "lan@example.vn")
    Mailer(db, office(free_port()), lambda: NOW).beat()
    assert messages.due(db, NOW) == ()
    Mailer(db, office(port), lambda: NOW + HOUR).beat()
    assert len(kept.letters) == 1


def test_a_subject_cannot_bring_headers_of_its_own(db: Database, box: tuple[Box, int]) -> None:
    kept, port = box
    told = Message("lan", "Chờ duyệt\r\nBcc: ai@example.vn", "x", "", "lan@example.vn")
    announcements.post(db, cast.announcement(), actor="hoa", notify=[told])
    Mailer(db, office(port), lambda: NOW).beat()
    assert kept.letters[0]["Bcc"] is None
