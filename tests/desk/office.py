"""The desk's application on a real store with the standing cast, some of them signed in; called by the desk's tests.

``office.browser(EDITOR)`` is a client that is signed in; its ``post`` brings the token that every form needs.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from server.core.policy import Grant
from server.desk.app import desk_app
from server.setup.config import Config
from server.setup.config_sections import PeopleSection
from server.setup.secret_keys import key
from server.store.database.engine import Database
from server.store.people import accounts, people, sign_ins
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, NOW, PEOPLE, SOURCES, Person

PASSWORD = "bốn con ngựa đứng ven sông"
# Argon2id of it with a small memory, so that a test does not pay for what it is not about.
_TOKEN = "0" * 40


@dataclass(slots=True)
class Office:
    """An application, its store and its clock, which a test may move."""

    folder: Path
    db: Database
    now: datetime = NOW
    config: Config = field(default_factory=lambda: Config(people=PeopleSection(second_factor=False)))
    _app: Any = None

    def clock(self) -> datetime:
        return self.now

    @property
    def app(self) -> Any:
        if self._app is None:
            self._app = desk_app(self.config, self.folder, self.folder, self.db, self.clock)
            self._app.testing = True
        return self._app

    def later(self, **parts: float) -> None:
        self.now += timedelta(**parts)

    def browser(self, person: Person | None = None, *, factor: bool = True) -> Browser:
        """A client; of ``person`` signed in, with a second factor just shown where ``factor``."""
        made = Browser(self.app.test_client(), key(self.folder, "desk"))
        if person is not None:
            made.sign_in(self, person, factor=factor)
        return made


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that knows how to send forms."""

    client: FlaskClient
    secret: str

    def sign_in(self, office: Office, person: Person, *, factor: bool = True) -> str:
        """Signs in without the door; gives back the sign-in's id."""
        held = people.get(office.db, person.slug)
        account = accounts.find(office.db, "id", held.id)
        assert account is not None
        made = sign_ins.begin(office.db, held.id, address="127.0.0.1", agent="tests", now=office.now, factor=factor)
        with self.client.session_transaction() as session:
            session.update(_user_id=account["fs_uniquifier"], _fresh=True, sign_in=made.id, csrf_token=_TOKEN)
            # The password was typed just now, by the real clock, which is the one that the library reads.
            session["fs_paa"] = time.clock_gettime(time.CLOCK_REALTIME)
        return made.id

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """A form, with its token."""
        with self.client.session_transaction() as session:
            session["csrf_token"] = _TOKEN
        token = URLSafeTimedSerializer(self.secret, salt="wtf-csrf-token").dumps(_TOKEN)
        return self.client.post(path, data={**(data or {}), "csrf_token": token}, **more)


def populate(db: Database, *, hashed: Callable[[], str | None] = lambda: None) -> None:
    """The cast as people of the store, each with his role; ``hashed`` makes the stored form of a password."""
    for person in PEOPLE:
        people.add(
            db, username=person.slug, name=person.name, email=f"{person.slug}@example.vn", actor="os:root", now=NOW,
            password=hashed(),
        )  # fmt: skip
        people.grant(db, person.slug, Grant(person.role, person.area), by=None, actor="os:root", now=NOW)


def template(folder: Path) -> Path:
    """A migrated and seeded file with the cast in it, to be copied."""
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    populate(db)
    db.close()
    return folder / "bangtin.db"


def office_on(copied: Path, folder: Path) -> Office:
    shutil.copy(copied, folder / "bangtin.db")
    return Office(folder, Database.open("sqlite:///bangtin.db", folder))
