"""Messages are mailed once, through a real mail server, and wait while that server is down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
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


def mail_server(port: int) -> MailServer:
    return MailServer(
        "127.0.0.1", port, "none", sender="bangtin@hungyen.example.vn", desk="https://bangtin.example.vn"
    )


def post_with_messages(db: Database, *addresses: str) -> None:
    new = [Message("lan", "Chờ duyệt: Lịch", "Hoa đã trình một thông báo.", "/desk/queue/", one) for one in addresses]
    announcements.post(db, cast.announcement(), actor="hoa", notify=new)


def test_a_message_is_sent_once_with_its_link_to_the_desk(db: Database, box: tuple[Box, int]) -> None:
    received, port = box
    post_with_messages(db, "lan@example.vn")
    mailer = Mailer(db, mail_server(port), lambda: NOW)
    mailer.tick()
    mailer.tick()
    (letter,) = received.letters
    assert (letter["To"], letter["Subject"]) == ("lan@example.vn", "Chờ duyệt: Lịch")
    assert "https://bangtin.example.vn/desk/queue/" in letter.get_content()
    assert messages.due(db, NOW + HOUR) == ()


def test_a_refused_address_does_not_block_the_others(db: Database, box: tuple[Box, int]) -> None:
    received, port = box
    post_with_messages(db, "khong-ai@example.vn", "lan@example.vn")
    Mailer(db, mail_server(port), lambda: NOW).tick()
    assert [letter["To"] for letter in received.letters] == ["lan@example.vn"]
    assert [one.address for one in messages.due(db, NOW + HOUR)] == ["khong-ai@example.vn"]


def test_messages_wait_while_the_mail_server_is_down(db: Database, box: tuple[Box, int]) -> None:
    received, port = box
    post_with_messages(db, "lan@example.vn")
    Mailer(db, mail_server(free_port()), lambda: NOW).tick()
    assert messages.due(db, NOW) == ()
    Mailer(db, mail_server(port), lambda: NOW + HOUR).tick()
    assert len(received.letters) == 1


def test_a_subject_cannot_inject_headers(db: Database, box: tuple[Box, int]) -> None:
    received, port = box
    new = Message("lan", "Chờ duyệt\r\nBcc: ai@example.vn", "x", "", "lan@example.vn")
    announcements.post(db, cast.announcement(), actor="hoa", notify=[new])
    Mailer(db, mail_server(port), lambda: NOW).tick()
    assert received.letters[0]["Bcc"] is None


def _same(at: datetime) -> datetime:
    return at


@pytest.mark.parametrize("utf8", [True, False])
def test_an_address_with_marks_stops_no_other_letter(db: Database, utf8: bool) -> None:
    with mailbox(utf8=utf8) as (received, port):
        post_with_messages(db, "nguyễn@example.vn", "lan@thư.example.vn", "a..b@", "hoa@example.vn")
        mailer = Mailer(db, mail_server(port), lambda: NOW)
        mailer.tick()
        mailer.tick()
    told = [str(letter["To"]) for letter in received.letters]
    assert "hoa@example.vn" in told
    assert ("nguyễn@example.vn" in told) == utf8
    assert len(told) == (3 if utf8 else 2)
    failed = {one.address: one.error.partition(":")[0] for one in messages.undelivered(db)}
    assert "a..b@" in failed
    assert failed.get("nguyễn@example.vn") == (None if utf8 else "smtputf8")


def test_a_letter_that_was_given_up_is_listed_and_can_be_sent_again(db: Database, box: tuple[Box, int]) -> None:
    received, port = box
    post_with_messages(db, "lan@example.vn")
    nowhere = mail_server(free_port())
    for hours in range(messages.MOST_TRIES):
        at = NOW + hours * 3 * HOUR
        Mailer(db, nowhere, partial(_same, at)).tick()
    (letter,) = messages.undelivered(db)
    assert (letter.state, letter.tries, letter.error.partition(":")[0]) == ("failed", messages.MOST_TRIES, "server")
    later = NOW + 30 * HOUR
    assert messages.resend(db, letter.id, now=later)
    Mailer(db, mail_server(port), lambda: later).tick()
    assert messages.undelivered(db) == ()
    assert [one.state for one in messages.mails_to(db, "lan@example.vn", most=9)] == ["sent"]
    assert len(received.letters) == 1
    assert not messages.resend(db, letter.id, now=later), "what was sent is not sent again"
