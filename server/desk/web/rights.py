"""Which right each page needs: declared where the page is, checked in one place before it runs.

``@needs("announcement.write")`` under the route says what somebody must hold in some area to get there at all; the
view then finds the area of the object it is about and calls ``desk.require(right, area)``. A route without a declared
right is refused to everybody, and a test finds it (tests/desk/web/test_rights.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from server.core.policy import RIGHTS, Right

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__right__"

# Flask-Security makes these routes itself. "own" here means: for whoever is signed in, about himself. Setting up
# codes is public because it may be the second step of signing in; the library itself then asks for the first one.
LIBRARY: dict[str, Right] = {
    "security.login": "public",
    "security.logout": "public",
    "security.forgot_password": "public",
    "security.reset_password": "public",
    "security.change_password": "own",
    "security.verify": "own",
    "security.two_factor_setup": "public",
    "security.two_factor_setup_validate": "own",
    "security.two_factor_token_validation": "public",
    "security.two_factor_rescue": "public",
    "security.tf_select": "public",
    "security.mf_recovery_codes": "own",
    "security.mf_recovery": "public",
    "security.wan_register": "own",
    "security.wan_register_response": "own",
    "security.wan_signin": "public",
    "security.wan_signin_response": "public",
    "security.wan_delete": "own",
    "security.wan_verify": "own",
    "security.wan_verify_response": "own",
}


def needs(right: Right) -> Callable[[View], View]:
    """Declares the right of a view; stands nearest to the function, below its route."""
    if right not in RIGHTS:
        raise ValueError(f"no such right: {right!r}")

    def mark(view: View) -> View:
        setattr(view, _MARK, right)
        return view

    return mark


def right_of(app: Flask, endpoint: str) -> Right | None:
    """The right of an endpoint; None where it was forgotten."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def undeclared(app: Flask) -> list[str]:
    """Every endpoint whose right nobody has declared; nobody gets there, and a test says so."""
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if right_of(app, rule.endpoint) is None})
