"""Adds a response header that tells the server's proxy whether the user is signed in and may upload files.

Added by server.desk.app. The server relaxes its limits on connections and uploads only for people and programs that
the desk has identified (server/live/ops/known_sessions.py). The proxy removes the header from the answer.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from server.core.policy import RIGHTS_OF, Right
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.security_headers import MAY_UPLOAD, SESSION_ADDRESS, SESSION_HEADER, SIGNED_IN
from server.store.people import tokens
from server.store.people.tokens import Token

_UPLOADS: frozenset[Right] = frozenset({"media.write", "source.manage"})


def report_sessions(app: Flask, desk: DeskContext) -> None:
    """Makes ``app`` add the header to every answer.

    Also adds a route SESSION_ADDRESS, at which the proxy requests only the header.
    """

    @app.get(SESSION_ADDRESS, endpoint="session_value")
    @needs("public")
    def ask() -> Response:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            g.token = tokens.find(desk.db, token.strip(), desk.now())
        return Response(status=204)

    @app.after_request
    def report(answer: Response) -> Response:
        if value := _value(desk):
            answer.headers[SESSION_HEADER] = value
        return answer


def _value(desk: DeskContext) -> str:
    """Returns the value of the header: MAY_UPLOAD or SIGNED_IN; "" without a valid session and without an API token.

    Uses only what was read from the store already.
    """
    person = desk.maybe_person()
    if person is None:
        token: Token | None = g.get("token")
        if token is None:
            return ""
        return MAY_UPLOAD if _UPLOADS & set(token.rights) else SIGNED_IN
    uploads = any(_UPLOADS & RIGHTS_OF[grant.role] for grant in person.grants)
    return MAY_UPLOAD if uploads else SIGNED_IN
