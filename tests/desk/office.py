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
from typing import Any, ClassVar

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule
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
# Argon2id with the least memory, because most tests need a password but do not test its hashing.
CHEAP = {"argon2__memory_cost": 8, "argon2__rounds": 1, "argon2__parallelism": 1}
EVERYTHING = Person("toan-quyen", "Người Toàn Quyền", "editor", "tinh")
_TOKEN = "0" * 40


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates for all applications of a test process; a template that changed is compiled again."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


class CompiledRule(Rule):
    """A route whose function that builds addresses is compiled once for all applications of a test process.

    werkzeug compiles two functions for each of the desk's 300 routes: most of the time that an application takes.
    """

    _made: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, self.subdomain, tuple((self.defaults or {}).items()), append_unknown)
        if key not in self._made:
            self._made[key] = super()._compile_builder(append_unknown)
        return self._made[key]


Flask.url_rule_class = CompiledRule


@dataclass(slots=True)
class Office:
    """The desk's application with its store and a clock that the test may advance.

    ``now`` is the time of the system's clock; ``clock_set_by`` is by how much ``set_clock`` has changed it in all.
    """

    folder: Path
    db: Database
    now: datetime = NOW
    config: Config = field(default_factory=lambda: Config(people=PeopleSection(second_factor=False)))
    clock_set_by: timedelta = timedelta(0)
    _app: Flask | None = None

    def clock(self) -> datetime:
        return self.now

    @property
    def app(self) -> Flask:
        """The application; it is built at first use, so that a test can change ``config`` before that."""
        if self._app is None:
            self._app = desk_app(self.config, self.folder, self.folder, self.db, self.clock, self.monotonic)
            self._app.testing = True
            self._app.jinja_env.bytecode_cache = COMPILED
            self._app.extensions["security"].pwd_context.update(**CHEAP)
        return self._app

    def monotonic(self) -> float:
        """Seconds of the monotonic clock, which ``set_clock`` does not change."""
        return (self.now - self.clock_set_by - NOW).total_seconds()

    def later(self, **parts: float) -> None:
        """Lets time pass: advances both clocks by ``timedelta(**parts)``."""
        self.now += timedelta(**parts)

    def set_clock(self, step: timedelta) -> None:
        """Sets the system's clock forward or back by ``step``, while no time passes."""
        self.now += step
        self.clock_set_by += step

    def browser(self, person: Person | None = None, *, factor: bool = True) -> Browser:
        """A test client, signed in as ``person`` if given; with ``factor`` a second factor has just been shown."""
        made = Browser(self.app.test_client(), key(self.folder, "desk"))
        if person is not None:
            made.sign_in(self, person, factor=factor)
        return made


@dataclass(frozen=True, slots=True)
class Browser:
    """A test client of Flask whose ``post`` adds the CSRF token; ``secret`` is the application's secret key."""

    client: FlaskClient
    secret: str

    def sign_in(self, office: Office, person: Person, *, factor: bool = True) -> str:
        """Signs a person in without the login page; returns the id of the sign-in."""
        held = people.get(office.db, person.slug)
        account = accounts.find(office.db, "id", held.id)
        assert account is not None
        made = sign_ins.begin(office.db, held.id, address="127.0.0.1", agent="tests", now=office.now, factor=factor)
        with self.client.session_transaction() as session:
            session.update(_user_id=account["fs_uniquifier"], _fresh=True, sign_in=made.id, csrf_token=_TOKEN)
            # The time at which the password was typed, by the real clock, because Flask-Security compares it with
            # that.
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
    """Adds the people of the cast to the store, each with their role.

    ``hashed`` gives the stored form of a person's password, or None for no password.
    """
    for person in PEOPLE:
        people.add(
            db, username=person.slug, name=person.name, email=f"{person.slug}@example.vn", actor="os:root", now=NOW,
            password=hashed(),
        )  # fmt: skip
        people.grant(db, person.slug, Grant(person.role, person.area), by=None, actor="os:root", now=NOW)


def add_everything(db: Database) -> None:
    """Adds EVERYTHING, who has every role in the province."""
    people.add(db, username=EVERYTHING.slug, name=EVERYTHING.name, email="t@x.vn", actor="os:root", now=NOW)
    for role in ("operator", "editor", "keeper"):
        people.grant(db, EVERYTHING.slug, Grant(role, EVERYTHING.area), by=None, actor="os:root", now=NOW)


def template(folder: Path) -> Path:
    """Makes a migrated database with the cast in ``folder``; returns its file, which `office_on` copies."""
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
