"""Identifies the user before every view, and checks the right and the second factor that the route requires.

Added to the application by server.desk.app.
"""

from __future__ import annotations

from flask import Flask, Response, abort, g, request, session, url_for

from server.core.policy import Right
from server.desk.auth import mfa, pending_acts, reauthenticate
from server.desk.web import rights
from server.desk.web.context import DeskContext
from server.desk.web.rights import Need
from server.store.audit import audit
from server.store.database.errors import NotFound
from server.store.people import people, sign_ins, tokens

_READING = ("GET", "HEAD", "OPTIONS")
# Endpoints that the scripts of an open page request periodically. These requests do not extend the sign-in; otherwise
# a page that is left open would keep its user signed in for ever.
POLLED = ("urgent.live_strips", "urgent.progress", "composer.uploaded")


def check_every_request(app: Flask, desk: DeskContext) -> None:
    """Makes ``app`` identify the user and check the requirements of the route (`rights.Need`) before every view.

    This is the only place that checks them. Sets ``g.person`` and ``g.sign_in`` (or ``g.token`` for the API), which
    `DeskContext` reads.
    """
    pending_acts.settle_every_act(app)

    @app.before_request
    def check() -> Response | None:
        g.person = g.sign_in = None
        if request.endpoint == "assets":
            return None  # style sheets and scripts are served even if the store cannot be read
        _identify(desk)
        if request.endpoint is None:
            return None  # no such page: Flask answers 404
        need = rights.need_of(app, request.endpoint)
        if need is not None and need.right == "public":
            return _check_factor(desk, need) if desk.maybe_person() else mfa.refuse_second_setup(desk)
        if request.blueprint == "api":
            _check_token(desk, need.right if need else None)
            return None
        if desk.maybe_person() is None:
            return _login_page(desk)
        if need is None or (need.right != "own" and not desk.may(need.right)):
            abort(403)
        return mfa.must_set_up(desk) or _check_factor(desk, need)


def _check_factor(desk: DeskContext, need: Need) -> Response | None:
    """Returns None if the request may proceed; otherwise the page that asks for the second factor.

    Answers 403 to a POST if the route declares no factor. Answers 409 to signing in by a passkey while
    somebody is signed in, because this would change the account of this browser.
    """
    if request.endpoint == "security.wan_signin_response":
        abort(409)
    if request.method in _READING or need.factor == "none":
        return None
    if need.factor is None:
        abort(403)  # the route does not declare which factor it requires
    if need.factor == "held" and not desk.person().second_factor:
        return None
    return reauthenticate.confirm(need.subject)


def _identify(desk: DeskContext) -> None:
    """Sets ``g.person`` and ``g.sign_in`` from the session cookie.

    Clears the session if its sign-in has ended or the account is suspended or deleted.
    """
    audit.request_address.set(desk.address())
    id = session.get("sign_in")
    if not id:
        return
    touch = request.endpoint not in POLLED
    sign_in = sign_ins.alive(desk.db, id, desk.now(), desk.sign_in_ages, touch=touch)
    try:
        person = people.by_id(desk.db, sign_in.person) if sign_in else None
    except NotFound:
        person = None
    if sign_in is None or person is None or not person.active:
        session.clear()
        return
    g.person, g.sign_in = person, sign_in


def _check_token(desk: DeskContext, right: Right | None) -> None:
    """Checks a request to the API and sets ``g.token``.

    Answers 401 without a valid token, and 403 if ``right`` is None or the token does not hold it.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    g.token = tokens.find(desk.db, token.strip(), desk.now()) if kind.lower() == "bearer" else None
    if g.token is None:
        abort(401)
    if right is None or not desk.may(right):
        abort(403)


def _login_page(desk: DeskContext) -> Response:
    """Returns a redirect to the sign-in page, which leads back to the requested page if the request was a GET.

    Answers 401 to a form posted without htmx, because the typed data would be lost in a redirect.
    """
    if request.method != "GET" and not request.headers.get("HX-Request"):
        abort(401)
    return desk.go(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
