"""What every view of the desk uses: the store, the clock, who asks and what he may do.

``desk_app`` makes one `DeskContext` and puts it into the application; views reach it by ``desk``, a proxy like
Flask's ``current_app``.
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
    """One for the process: threads share it, and what belongs to a request is asked of the request.

    ``data`` is the folder of database, media and keys; pictures lie in ``data / "media"``. ``base`` is what file
    sources are relative to.
    """

    db: Database
    config: Config
    data: Path
    clock: Callable[[], datetime]
    base: Path
    # Handed in by desk_app: the queue knows what waits.
    count_waiting: Callable[[DeskContext], int] = field(default=lambda _: 0)

    # who

    def person(self) -> Person:
        """Who is signed in; a page that needs a right has somebody. 401 otherwise."""
        found: Person | None = g.get("person")
        if found is None:
            abort(401)
        return found

    def maybe_person(self) -> Person | None:
        found: Person | None = g.get("person")
        return found

    def sign_in(self) -> SignIn:
        found: SignIn | None = g.get("sign_in")
        if found is None:
            abort(401)
        return found

    def actor(self) -> str:
        """The name for the audit."""
        return self.person().username

    def address(self) -> str:
        """Where the request came from, for the audit."""
        return request.remote_addr or ""

    # where and what

    def tree(self) -> AreaTree:
        """The areas in use, read once a request."""
        if "tree" not in g:
            g.tree = AreaTree(sources.areas(self.db))
        found: AreaTree = g.tree
        return found

    def may(self, right: Right, area: str | None = None) -> bool:
        """True where who asks holds ``right`` for ``area``; None: for some area."""
        if right == "public":
            return True
        token: Token | None = g.get("token")
        if token is not None:
            held = right in token.rights
            return held and (area is None or any(self.tree().covers(one, area) for one in token.areas))
        person = self.maybe_person()
        return person is not None and policy.may(person.grants, right, area, self.tree())

    def require(self, right: Right, area: str | None) -> None:
        """403 unless who asks holds ``right`` for the area of the thing he is about. None is nobody's area."""
        if area is None or not self.may(right, area):
            abort(403)

    def areas(self, right: Right) -> tuple[str, ...]:
        """Every area in which who asks holds ``right``: what lists are cut to."""
        if g.get("token") is not None:
            return tuple(slug for slug in self.tree().slugs() if self.may(right, slug))
        return policy.areas_with(self.person().grants, right, self.tree())

    def now(self) -> datetime:
        return self.clock()

    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.timezone)

    # dangerous acts

    def fresh_factor(self, within: timedelta = FRESH) -> bool:
        """True where this browser showed a second factor (or, without one, the password) a moment ago."""
        at = self.sign_in().factor_at
        return at is not None and self.now() - at <= within

    def ask_factor(self) -> Response | None:
        """None where the factor is fresh; otherwise the answer that asks for it and comes back here.

        ``if (asking := desk.ask_factor()): return asking`` before a dangerous act. An act that was posted has to be
        confirmed again on its page, with what was typed still there (drafts are saved by their own pages).
        """
        if self.fresh_factor():
            return None
        back = request.full_path if request.method == "GET" else (request.referrer or url_for("shell.home"))
        undone = {} if request.method == "GET" else {"undone": "1"}
        return self.go(f"{url_for('confirm.ask')}?{urlencode({'next': back, **undone})}")

    def go(self, address: str) -> Response:
        """A redirect that htmx understands too."""
        if request.headers.get("HX-Request"):
            answer = Response("", 200)
            answer.headers["HX-Redirect"] = address
            return answer
        made: Response = redirect(address, 303)  # type: ignore[assignment] # of this application's class
        return made

    # others

    def waiting(self) -> int:
        """How many things wait for who asks: the number beside "Chờ đăng"."""
        return self.count_waiting(self)

    def write_to(self, address: str, subject: str, text: str) -> None:
        """A letter to an address alone, which the worker sends; it stands in nobody's messages."""
        messages.send(self.db, address, subject, text, now=self.now())

    def serve(self, app: Flask) -> None:
        """Makes this the ``desk`` of the application's views."""
        app.extensions[_EXTENSION] = self


def _current() -> DeskContext:
    found: DeskContext = current_app.extensions[_EXTENSION]
    return found


desk = cast(DeskContext, LocalProxy(_current))
"""The desk of the application that answers the current request. RuntimeError outside of an application context."""
