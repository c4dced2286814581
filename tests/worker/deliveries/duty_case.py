"""An office with a worker's jobs of alarms, a chat server, and mails that are kept; used by tests of alarms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from server.core.duty.alarms import Fact
from server.core.duty.plan import Channel, ChannelKind
from server.core.duty.roster import Turn
from server.setup.config import Config
from server.store.duty import channels, deliveries, roster
from server.store.duty.alarms import Observation
from server.store.duty.channels import Secrets, Settings
from server.store.screens import outages
from server.store.tables import screen_links, screens
from server.worker.deliveries.alarms import Alarms
from server.worker.deliveries.alarms_chats import Chats
from server.worker.deliveries.alarms_observer import AlarmObserver, Machine
from server.worker.deliveries.alarms_sender import AlarmSender
from server.worker.deliveries.certificate_check import CertificateCheck
from server.worker.deliveries.clock_check import ClockCheck
from tests.cast import KEEPER, MINUTE
from tests.desk.office import Office
from tests.feeds.hosts import loopback
from tests.station import until
from tests.worker.deliveries.chat_server import ChatServer

TOKEN = "123:bi-mat"
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
SILENT = 2 * MINUTE


@dataclass
class Facts:
    """An observer that says what a test wants to be wrong; it looks only at the kinds of ``kinds``."""

    facts: tuple[Fact, ...] = ()
    seen: Observation = field(default_factory=lambda: Observation((), frozenset({"source_silent", "alerts_silent"})))

    def observe(self) -> Observation:
        return Observation(self.facts, self.seen.kinds)


@dataclass
class DutyCase:
    """The parts of a worker that make and send alarms, with the moved clock of ``office``.

    ``mails`` are (address, subject, text); while ``mail_fails``, no mail is accepted. ``paused`` are the pauses
    between the parts of long texts.
    """

    office: Office
    chat: ChatServer
    config: Config
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    mail_fails: bool = False
    paused: list[float] = field(default_factory=list)
    facts: Facts | None = None

    def __post_init__(self) -> None:
        db, clock = self.office.db, self.office.clock
        self.check = ClockCheck(clock, self.office.monotonic)
        machine = Machine("may-1", self.office.folder, self.check, CertificateCheck("", self.office.monotonic))
        self.observer = AlarmObserver(db, self.config, machine, clock)
        self.alarms = Alarms(db, self.config, self.facts or self.observer, clock)
        chats = Chats(db, self.config, clock, self.check, self.paused.append, loopback)
        self.sender = AlarmSender(db, self.config, clock, self._mail, chats)

    def _mail(self, address: str, subject: str, text: str) -> str:
        if self.mail_fails:
            return "server: away"
        self.mails.append((address, subject, text))
        return ""

    def see(self, facts: Sequence[Fact] = ()) -> None:
        """Lets the worker observe what is wrong, and send what is due."""
        if self.facts is not None:
            self.facts.facts = tuple(facts)
        else:
            outages.note(self.office.db, self.office.now, SILENT)
        self.alarms.tick()
        self.send()

    def send(self) -> None:
        """Lets the worker send until nothing is due at this moment."""

        def quiet() -> bool:
            self.sender.tick()
            return self.sender.idle() and not deliveries.ready(self.office.db, self.office.now)

        until(quiet, "nothing is due", every=0.01)

    def pass_time(
        self, length: timedelta, facts: Sequence[Fact] = (), every: timedelta = timedelta(minutes=1)
    ) -> None:
        """Lets time pass, observing every ``every``."""
        end = self.office.now + length
        for _ in range(int(length / every)):
            self.office.now = min(end, self.office.now + every)
            self.see(facts)

    def channel(self, kind: ChannelKind = "telegram", area: str = "tinh", **more: Any) -> Channel:
        secrets = {
            "telegram": Secrets(TOKEN),
            "zalo": Secrets("", "doi-0", "app", "khoa"),
            "mail": Secrets(),
        }[kind]
        wanted = Settings(kind, "Tổ trực", (area,), "-100", **more)
        return channels.make(self.office.db, wanted, secrets, actor=KEEPER.slug, now=self.office.now)

    def duty(self, person: str, area: str = "xa-minh-tan", place: int = 1, start: int = 0, end: int = 0) -> Turn:
        turn = Turn(0, area, person, EVERY_DAY, start, end, place)
        return roster.add_turn(self.office.db, turn, actor=KEEPER.slug, now=self.office.now)

    def add_screens(self, board: str, count: int) -> None:
        """Pairs screens with a board that were heard just now."""
        with self.office.db.write() as conn:
            common = {"board": board, "paired_by": "tuan", "paired": self.office.now, "notes": "", "phone": ""}
            rows = [
                {"name": f"Màn hình {number}", "slot": number, "changed": number, **common} for number in range(count)
            ]
            ids = conn.execute(insert(screens).returning(screens.c.id), rows).scalars().all()
            links = [{"screen": id, "up": True, "seen": self.office.now} for id in ids]
            conn.execute(insert(screen_links), links)

    def hear(self, seen: datetime) -> None:
        """All screens were heard at ``seen``."""
        with self.office.db.write() as conn:
            conn.execute(update(screen_links).values(seen=seen))


@contextmanager
def duty_case(office: Office, chat: ChatServer, *, scripted: bool = False, **duty: Any) -> Iterator[DutyCase]:
    """The case; ``scripted``: a test says what is wrong, else it is observed. ``duty`` are keys of [duty]."""
    section = {"telegram_url": chat.url, "zalo_url": chat.url, "zalo_login_url": chat.url, **duty}
    config = Config.model_validate(
        {
            "server": {"public_url": "http://bangtin.example.vn"},
            "people": {"second_factor": False},
            "fetch": {"allow_private": ["127.0.0.0/8", "chat.example"]},
            "backup": {"every_hours": 0},
            "duty": {"disk_megabytes": 1, **section},
        }
    )
    case = DutyCase(office, chat, config, facts=Facts() if scripted else None)
    yield case
    case.sender.close()
