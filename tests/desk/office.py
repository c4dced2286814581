"""The desk's application on a real store whose people are the tests' cast; used by the desk's tests.

``office.browser(EDITOR)`` is a signed-in client; its ``post`` adds the CSRF token that every form needs.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
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
# Argon2id with the least memory, so that a test does not pay for what it is not about.
CHEAP = {"argon2__memory_cost": 8, "argon2__rounds": 1, "argon2__parallelism": 1}
_TOKEN = "0" * 40


@dataclass(slots=True)
class Office:
    """An application with its store and its clock, which a test may advance."""

    folder: Path
    db: Database
    now: datetime = NOW
    config: Config = field(default_factory=lambda: Config(people=PeopleSection(second_factor=False)))
    _app: Flask | None = None

    def clock(self) -> datetime:
        return self.now

    @property
    def app(self) -> Flask:
        """The application; made when it is first used, so that a test can change ``config`` before."""
        if self._app is None:
            self._app = desk_app(self.config, self.folder, self.folder, self.db, self.clock)
            self._app.testing = True
            self._app.extensions["security"].pwd_context.update(**CHEAP)
        return self._app

    def later(self, **parts: float) -> None:
        """Advances the clock by a timedelta."""
        self.now += timedelta(**parts)

    def browser(self, person: Person | None = None, *, factor: bool = True) -> Browser:
        """A client, signed in as ``person``; with ``factor`` it has just shown its second factor."""
        made = Browser(self.app.test_client(), key(self.folder, "desk"))
        if person is not None:
            made.sign_in(self, person, factor=factor)
        return made


@dataclass(frozen=True, slots=True)
class Browser:
    """A test client that sends forms with their CSRF token."""

    client: FlaskClient
    secret: str

    def sign_in(self, office: Office, person: Person, *, factor: bool = True) -> str:
        """Signs in without the login page; returns the id of the sign-in."""
        held = people.get(office.db, person.slug)
        account = accounts.find(office.db, "id", held.id)
        assert account is not None
        made = sign_ins.begin(office.db, held.id, address="127.0.0.1", agent="tests", now=office.now, factor=factor)
        with self.client.session_transaction() as session:
            session.update(_user_id=account["fs_uniquifier"], _fresh=True, sign_in=made.id, csrf_token=_TOKEN)
            # When the password was typed: by the real clock, which Flask-Security reads.
            session["fs_paa"] = time.clock_gettime(time.CLOCK_REALTIME)
        return made.id

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, data: Mapping[str, object] | None = None, **more: Any) -> TestResponse:
        """Sends a form with its CSRF token."""
        with self.client.session_transaction() as session:
            session["csrf_token"] = _TOKEN
        token = URLSafeTimedSerializer(self.secret, salt="wtf-csrf-token").dumps(_TOKEN)
        return self.client.post(path, data={**(data or {}), "csrf_token": token}, **more)


def populate(db: Database, *, hashed: Callable[[], str | None] = lambda: None) -> None:
    """Adds the cast to the store, each with their role; ``hashed`` makes the stored form of a password."""
    for person in PEOPLE:
        people.add(
            db, username=person.slug, name=person.name, email=f"{person.slug}@example.vn", actor="os:root", now=NOW,
            password=hashed(),
        )  # fmt: skip
        people.grant(db, person.slug, Grant(person.role, person.area), by=None, actor="os:root", now=NOW)


def template(folder: Path) -> Path:
    """Makes a migrated and seeded database with the cast; `office_on` copies it."""
    db = Database.open("sqlite:///bangtin.db", folder)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    populate(db)
    db.close()
    return folder / "bangtin.db"


def office_on(copied: Path, folder: Path) -> Office:
    """An office in ``folder`` on a copy of the database file ``copied``."""
    shutil.copy(copied, folder / "bangtin.db")
    return Office(folder, Database.open("sqlite:///bangtin.db", folder))
