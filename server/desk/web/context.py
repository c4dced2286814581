"""Gives every view of the desk what it needs: the store, the clock, the user and the user's rights.

``server.desk.app`` makes one `DeskContext` for the application; views reach it as ``desk``, a proxy like Flask's
``current_app``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, redirect, request
from werkzeug.local import LocalProxy

from server.core import policy
from server.core.areas import AreaTree
from server.core.model import Source
from server.core.policy import Person, Right
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.people import messages
from server.store.people.sign_in_ages import SignInAges
from server.store.people.sign_ins import AHEAD, SignIn
from server.store.people.tokens import Token
from server.store.sources import sources

FRESH = timedelta(minutes=5)
_EXTENSION = "bangtin"


@dataclass(frozen=True, slots=True)
class DeskContext:
    """The store, the configuration, the clock and the current user, for every view.

    There is one for the process, shared by its threads; what belongs to one request is kept in Flask's ``g``.
    ``data`` is the folder of the database, media (in ``data / "media"``) and keys. ``base`` is the folder that the
    paths of file sources are relative to. ``clock`` returns the time as an aware UTC datetime. ``sign_in_ages``
    remembers when each sign-in began and was last used. ``count_waiting`` counts what waits for the user's decision.
    """

    db: Database
    config: Config
    data: Path
    clock: Callable[[], datetime]
    base: Path
    sign_in_ages: SignInAges
    # Counts what waits for the user's decision. A parameter, because this package may not import announcements.
    count_waiting: Callable[[DeskContext], int] = field(default=lambda _: 0)

    # The user

    def person(self) -> Person:
        """Returns the signed-in user. Answers 401 if nobody is signed in."""
        found: Person | None = g.get("person")
        if found is None:
            abort(401)
        return found

    def maybe_person(self) -> Person | None:
        """Returns the signed-in user; None if nobody is signed in."""
        found: Person | None = g.get("person")
        return found

    def sign_in(self) -> SignIn:
        """Returns the record of the user's sign-in with this browser. Answers 401 if nobody is signed in."""
        found: SignIn | None = g.get("sign_in")
        if found is None:
            abort(401)
        return found

    def actor(self) -> str:
        """Returns the user's username, for the audit log. Answers 401 if nobody is signed in."""
        return self.person().username

    def address(self) -> str:
        """Returns the IP address that the request came from, for the audit log; "" if unknown."""
        return request.remote_addr or ""

    # Areas and rights

    def tree(self) -> AreaTree:
        """Returns the tree of areas, read once per request."""
        if "tree" not in g:
            g.tree = AreaTree(sources.areas(self.db))
        found: AreaTree = g.tree
        return found

    def every_source(self) -> tuple[Source, ...]:
        """Returns the sources in use, read once per request: a view that changes one reads the store itself."""
        if "every_source" not in g:
            g.every_source = sources.all(self.db)
        found: tuple[Source, ...] = g.every_source
        return found

    def may(self, right: Right, area: str | None = None) -> bool:
        """True if the user (or the API token) holds ``right`` for ``area``, or for any area if that is None."""
        if right == "public":
            return True
        token: Token | None = g.get("token")
        if token is not None:
            held = right in token.rights
            return held and (area is None or any(self.tree().covers(one, area) for one in token.areas))
        person = self.maybe_person()
        return person is not None and policy.may(person.grants, right, area, self.tree())

    def require(self, right: Right, area: str | None) -> None:
        """Answers 403 unless the user holds ``right`` for ``area``, the area of the object that the view acts on.

        If ``area`` is None, always answers 403.
        """
        if area is None or not self.may(right, area):
            abort(403)

    def areas(self, right: Right) -> tuple[str, ...]:
        """Returns the slugs of all areas in which the user holds ``right``; lists show only objects in them."""
        if g.get("token") is not None:
            return tuple(slug for slug in self.tree().slugs() if self.may(right, slug))
        return policy.areas_with(self.person().grants, right, self.tree())

    def now(self) -> datetime:
        """Returns the current time in UTC."""
        return self.clock()

    def zone(self) -> ZoneInfo:
        """Returns the configured time zone, in which pages show and read times."""
        return ZoneInfo(self.config.timezone)

    # Dangerous actions

    def fresh_factor(self, within: timedelta = FRESH) -> bool:
        """True if the user confirmed a second factor (or, without one, the password) in this sign-in recently.

        Recently means at most ``within`` ago. False if the stored time is more than a minute in the future: a wrong
        clock wrote it, and it would stay "recent" for too long.
        """
        at = self.sign_in().factor_at
        return at is not None and -AHEAD <= self.now() - at <= within

    def go(self, address: str) -> Response:
        """Returns a redirect to ``address``; for a request of htmx, a response with the header HX-Redirect."""
        if request.headers.get("HX-Request"):
            return Response("", 200, headers={"HX-Redirect": address})
        return cast(Response, redirect(address, 303))

    # Other services

    def waiting(self) -> int:
        """Returns how many items wait for the user's decision; the navigation bar shows it beside "Chờ đăng"."""
        return self.count_waiting(self)

    def write_to(self, address: str, subject: str, text: str) -> None:
        """Queues a mail, which the worker sends. The list of messages in the desk does not show it."""
        messages.send(self.db, address, subject, text, now=self.now())

    def serve(self, app: Flask) -> None:
        """Registers this context in ``app``, so that its views reach it as ``desk``."""
        app.extensions[_EXTENSION] = self


def _current() -> DeskContext:
    found: DeskContext = current_app.extensions[_EXTENSION]
    return found


desk = cast(DeskContext, LocalProxy(_current))
"""A proxy to the current application's `DeskContext`. Raises RuntimeError outside an application context."""
