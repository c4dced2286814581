"""What every view of the desk uses: the store, the clock, the user and the user's rights.

``server.desk.app`` makes one `DeskContext` for the application; views reach it as ``desk``, a proxy like Flask's
``current_app``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from werkzeug.local import LocalProxy

from server.core import policy
from server.core.areas import AreaTree
from server.core.policy import Person, Right
from server.desk.web.return_address import referring_page
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.people import messages
from server.store.people.sign_ins import SignIn
from server.store.people.tokens import Token
from server.store.sources import sources

FRESH = timedelta(minutes=5)
_EXTENSION = "bangtin"


@dataclass(frozen=True, slots=True)
class DeskContext:
    """One for the process, shared by its threads; what belongs to a request is kept in Flask's ``g``.

    ``data`` is the folder of the database, media (in ``data / "media"``) and keys. ``base`` is the folder that the
    paths of file sources are relative to.
    """

    db: Database
    config: Config
    data: Path
    clock: Callable[[], datetime]
    base: Path
    # Given by server.desk.app, because the queue of announcements is a feature above this module.
    count_waiting: Callable[[DeskContext], int] = field(default=lambda _: 0)

    # The user

    def person(self) -> Person:
        """The user; every page that needs a right has one. 401 if nobody is signed in."""
        found: Person | None = g.get("person")
        if found is None:
            abort(401)
        return found

    def maybe_person(self) -> Person | None:
        """The user, or None before sign-in."""
        found: Person | None = g.get("person")
        return found

    def sign_in(self) -> SignIn:
        """The user's sign-in in this browser. 401 if nobody is signed in."""
        found: SignIn | None = g.get("sign_in")
        if found is None:
            abort(401)
        return found

    def actor(self) -> str:
        """The username for the audit log."""
        return self.person().username

    def address(self) -> str:
        """The IP address that the request came from, for the audit log; "" if unknown."""
        return request.remote_addr or ""

    # Areas and rights

    def tree(self) -> AreaTree:
        """The tree of areas, read once per request."""
        if "tree" not in g:
            g.tree = AreaTree(sources.areas(self.db))
        found: AreaTree = g.tree
        return found

    def may(self, right: Right, area: str | None = None) -> bool:
        """True if the user (or the API token) holds ``right`` for ``area``; None means: for any area."""
        if right == "public":
            return True
        token: Token | None = g.get("token")
        if token is not None:
            held = right in token.rights
            return held and (area is None or any(self.tree().covers(one, area) for one in token.areas))
        person = self.maybe_person()
        return person is not None and policy.may(person.grants, right, area, self.tree())

    def require(self, right: Right, area: str | None) -> None:
        """403 unless the user holds ``right`` for ``area``, that of the object acted on; always 403 for None."""
        if area is None or not self.may(right, area):
            abort(403)

    def areas(self, right: Right) -> tuple[str, ...]:
        """Every area in which the user holds ``right``; lists show only objects of these areas."""
        if g.get("token") is not None:
            return tuple(slug for slug in self.tree().slugs() if self.may(right, slug))
        return policy.areas_with(self.person().grants, right, self.tree())

    def now(self) -> datetime:
        """The current time in UTC."""
        return self.clock()

    def zone(self) -> ZoneInfo:
        """The configured time zone, in which pages show and read times."""
        return ZoneInfo(self.config.timezone)

    # Dangerous actions

    def fresh_factor(self, within: timedelta = FRESH) -> bool:
        """True if this sign-in showed its second factor (or, without one, the password) in the last five minutes."""
        at = self.sign_in().factor_at
        return at is not None and self.now() - at <= within

    def ask_factor(self) -> Response | None:
        """None if the factor is fresh; otherwise a redirect that asks for it and comes back here.

        ``if asking := desk.ask_factor(): return asking`` before a dangerous action. A form that was posted is not
        sent again: the user returns to its page and has to send it once more (pages save their drafts themselves).
        """
        if self.fresh_factor():
            return None
        back = request.full_path if request.method == "GET" else referring_page()
        undone = {} if request.method == "GET" else {"undone": "1"}
        return self.go(f"{url_for('confirm.ask')}?{urlencode({'next': back, **undone})}")

    def go(self, address: str) -> Response:
        """A redirect that also works for requests of htmx."""
        if request.headers.get("HX-Request"):
            return Response("", 200, headers={"HX-Redirect": address})
        return cast(Response, redirect(address, 303))

    # Other services

    def waiting(self) -> int:
        """How many items wait for the user's decision: the number beside "Chờ đăng"."""
        return self.count_waiting(self)

    def write_to(self, address: str, subject: str, text: str) -> None:
        """Queues a mail, which the worker sends; the person's messages in the desk do not show it."""
        messages.send(self.db, address, subject, text, now=self.now())

    def serve(self, app: Flask) -> None:
        """Makes this the ``desk`` that the application's views see."""
        app.extensions[_EXTENSION] = self


def _current() -> DeskContext:
    found: DeskContext = current_app.extensions[_EXTENSION]
    return found


desk = cast(DeskContext, LocalProxy(_current))
"""The context of the application that answers the current request. RuntimeError outside an application context."""
