"""Identifies the user and checks the right of the route before every view; added by server.desk.app."""

from __future__ import annotations

from flask import Flask, Response, abort, g, request, session, url_for

from server.core.policy import Right
from server.desk.auth import mfa
from server.desk.web import rights
from server.desk.web.context import DeskContext
from server.store.audit import audit
from server.store.database.errors import NotFound
from server.store.people import people, sign_ins, tokens


def check_every_request(app: Flask, desk: DeskContext) -> None:
    """The only place where the right of a route is checked before its view runs.

    Sets ``g.person`` and ``g.sign_in`` (or ``g.token`` for the API), which `DeskContext` reads.
    """

    @app.before_request
    def check() -> Response | None:
        _identify(desk)
        if request.endpoint is None:
            return None  # no such page: Flask answers 404
        right = rights.right_of(app, request.endpoint)
        if right == "public":
            return None
        if request.blueprint == "api":
            _check_token(desk, right)
            return None
        if desk.maybe_person() is None:
            return _login_page(desk)
        if right is None or (right != "own" and not desk.may(right)):
            abort(403)
        return mfa.must_set_up(desk)


def _identify(desk: DeskContext) -> None:
    """Finds the person of the session's sign-in; ends the session if that sign-in or the account has ended."""
    audit.request_address.set(desk.address())
    g.person = g.sign_in = None
    id = session.get("sign_in")
    if not id:
        return
    sign_in = sign_ins.alive(desk.db, id, desk.now())
    try:
        person = people.by_id(desk.db, sign_in.person) if sign_in else None
    except NotFound:
        person = None
    if sign_in is None or person is None or not person.active:
        session.clear()
        return
    g.person, g.sign_in = person, sign_in


def _check_token(desk: DeskContext, right: Right | None) -> None:
    """For another program: 401 without a valid API token, 403 if the token does not have this right."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    g.token = tokens.find(desk.db, token.strip(), desk.now()) if kind.lower() == "bearer" else None
    if g.token is None:
        abort(401)
    if right is None or not desk.may(right):
        abort(403)


def _login_page(desk: DeskContext) -> Response:
    """A redirect to the sign-in page that comes back here; 401 for a form that cannot be sent again by a redirect."""
    if request.method != "GET" and not request.headers.get("HX-Request"):
        abort(401)
    return desk.go(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
