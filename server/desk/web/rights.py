"""The decorator ``needs``, by which each view declares the right and the second factor that its route requires.

``@needs("announcement.write", factor="none")`` below the route names the right that the user must hold in at least
one area to run the view; the view then calls ``desk.require(right, area)`` with the area of the object. A route that
accepts POST also declares whether the user must confirm the second factor. server.desk.auth.access checks both before
each view. A route without a declaration is refused to everybody; tests/desk/web/test_rights.py reports it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from flask import Flask

from server.core.policy import RIGHTS, Right

View = TypeVar("View", bound=Callable[..., object])
# Whether a POST requires that the user has confirmed the second factor in the last five minutes: "none", never;
# "fresh", always (by the password if the user has no second factor); "held", only of users who have a second factor,
# because the route is also used to set up the first one. A GET never requires it.
Factor = Literal["none", "fresh", "held"]
_MARK = "__need__"
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Need:
    """What a route requires: a right of the user, and for a POST perhaps a second factor.

    ``factor`` says when a POST requires that the second factor was confirmed recently: "none" never, "fresh" always
    (the password if the user has none), "held" only if the user has one. It is None if the route does not declare it;
    only a route without POST may omit it. ``subject`` is the object's name in the audit log, with the parameters of
    the route as placeholders: "screen/{id}".
    """

    right: Right
    factor: Factor | None = None
    subject: str = ""


# The routes that Flask-Security adds. "own" means: every signed-in user, for the user's own account. Setting up codes
# is "public" because it can be the second step of signing in; the library itself then requires the first step. A user
# who could replace the second factor without confirming it could pass every other check, so these routes are "held".
LIBRARY: dict[str, Need] = {
    "security.login": Need("public", "none"),
    "security.logout": Need("public", "none"),
    "security.forgot_password": Need("public", "none"),
    "security.reset_password": Need("public", "none"),
    "security.change_password": Need("own", "none"),
    "security.verify": Need("own", "none"),
    "security.two_factor_setup": Need("public", "held"),
    "security.two_factor_setup_validate": Need("own", "held"),
    "security.two_factor_token_validation": Need("public", "none"),
    "security.two_factor_rescue": Need("public", "none"),
    "security.tf_select": Need("public", "none"),
    "security.mf_recovery_codes": Need("own", "held"),
    "security.mf_recovery": Need("public", "none"),
    "security.wan_register": Need("own", "held"),
    "security.wan_register_response": Need("own", "held"),
    "security.wan_signin": Need("public", "none"),
    "security.wan_signin_response": Need("public", "none"),
    "security.wan_delete": Need("own", "held"),
    "security.wan_verify": Need("own", "none"),
    "security.wan_verify_response": Need("own", "none"),
}


def needs(right: Right, *, factor: Factor | None = None, subject: str = "") -> Callable[[View], View]:
    """Returns a decorator that declares what a view requires; place it directly above the function, below the route.

    ``factor`` (see `Need`) is required for a route that accepts POST. ``subject`` is required for a route with the
    factor "fresh" that acts on an object: if somebody changes the object while the user types the code, the action is
    refused. Raises ValueError if ``right`` is unknown.
    """
    if right not in RIGHTS:
        raise ValueError(f"no such right: {right!r}")

    def mark(view: View) -> View:
        setattr(view, _MARK, Need(right, factor, subject))
        return view

    return mark


def need_of(app: Flask, endpoint: str) -> Need | None:
    """Returns the declared requirements of an endpoint; None if it declares none."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def undeclared(app: Flask) -> list[str]:
    """Returns the endpoints that declare no right, or accept POST and declare no factor; for test_rights.py."""
    missing = set()
    for rule in app.url_map.iter_rules():
        need = need_of(app, rule.endpoint)
        if need is None or (need.factor is None and (rule.methods or set()) - _SAFE_METHODS):
            missing.add(rule.endpoint)
    return sorted(missing)
