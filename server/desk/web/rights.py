"""The right that each route needs: declared at its view, checked in one place by server.desk.auth.access.

``@needs("announcement.write")`` below the route names the right that the user must hold in some area to run the view
at all; the view then calls ``desk.require(right, area)`` with the area of the object it acts on. A route without a
declared right is refused to everybody, and tests/desk/web/test_rights.py finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from server.core.policy import RIGHTS, Right

View = TypeVar("View", bound=Callable[..., object])
_MARK = "__right__"

# Flask-Security makes these routes itself. "own" means: any signed-in user, about themself. Setting up codes is
# public because it can be the second step of signing in; the library itself then requires the first one.
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
    """A decorator that declares the right of a view; it comes directly above the function, below its route."""
    if right not in RIGHTS:
        raise ValueError(f"no such right: {right!r}")

    def mark(view: View) -> View:
        setattr(view, _MARK, right)
        return view

    return mark


def right_of(app: Flask, endpoint: str) -> Right | None:
    """The declared right of an endpoint; None if there is none."""
    if endpoint in LIBRARY:
        return LIBRARY[endpoint]
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def undeclared(app: Flask) -> list[str]:
    """Every endpoint without a declared right; for tests/desk/web/test_rights.py."""
    return sorted({rule.endpoint for rule in app.url_map.iter_rules() if right_of(app, rule.endpoint) is None})
