"""Limits failed attempts to sign in to five a minute per account and address; added by server.desk.app.

Only failures count. The strictest limit is for the pair of account and IP address, so that nobody can lock a person
out from another address. Wider limits for the account alone and for the address alone stop attempts on one account
from many addresses, and on many accounts from one address.
"""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request, session
from flask.typing import RouteCallable
from flask_limiter import Limiter

from server.desk.web.context import DeskContext

PER_ACCOUNT_AND_ADDRESS, PER_ACCOUNT, PER_ADDRESS = "5 per minute", "30 per minute", "60 per minute"
# Endpoints that take a secret, and the form field that names the account; "" if the session names it.
_ACCOUNT_FIELD = {
    "security.login": "email",
    "security.two_factor_token_validation": "",
    "security.mf_recovery": "",
    "security.wan_signin_response": "",
    "security.verify": "",
    "security.forgot_password": "email",
    "security.change_password": "",
    "confirm.ask": "",
    "door.welcome": "",
}


def limit_attempts(app: Flask, desk: DeskContext) -> None:
    """Limits the rate of POST requests to the endpoints of `_ACCOUNT_FIELD`; called once all views are registered."""
    limiter = Limiter(
        key_func=desk.address, app=app, storage_uri=desk.config.queue.url or "memory://", headers_enabled=False
    )

    def account() -> str:
        named = request.form.get(_ACCOUNT_FIELD.get(request.endpoint or "", "") or "-", "").strip().lower()
        return named or str(session.get("tf_user_id") or session.get("_user_id") or "")

    def account_and_address() -> str:
        return f"{account()} {desk.address()}"

    for endpoint in _ACCOUNT_FIELD:
        view = app.view_functions.get(endpoint)
        if view is None:
            continue
        # A request for a reset mail always counts, even if it succeeds: each one sends a mail.
        counts = None if endpoint == "security.forgot_password" else _failed
        for limit, key in (
            (PER_ACCOUNT_AND_ADDRESS, account_and_address),
            (PER_ACCOUNT, account),
            (PER_ADDRESS, desk.address),
        ):
            limited = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=counts)
            view = cast(RouteCallable, limited(view))
        app.view_functions[endpoint] = view


def _failed(answer: Response) -> bool:
    """True if the attempt failed: these views redirect after a success and show the form again after a failure."""
    return answer.status_code not in (301, 302, 303)
