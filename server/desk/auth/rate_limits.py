"""How often somebody may try to get in: five times a minute for each account and address; called by desk_app.

Only what failed is counted. Beside the pair, each alone has a wider limit, so that neither many addresses nor many
names get far; the pair is the narrow one, so that nobody can lock another out from elsewhere.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request, session
from flask_limiter import Limiter

from server.desk.web.context import DeskContext

PAIR, ACCOUNT, ADDRESS = "5 per minute", "30 per minute", "60 per minute"
# Pages where something secret is said, and the field that names whose; "" where the session knows.
_SECRET = {
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


def count_tries(app: Flask, desk: DeskContext) -> None:
    """Puts the limits around those pages; made after every page is there."""
    address = desk.config.queue.url or "memory://"
    limiter = Limiter(key_func=desk.address, app=app, storage_uri=address, headers_enabled=False)

    def account() -> str:
        named = request.form.get(_SECRET.get(request.endpoint or "", "") or "-", "").strip().lower()
        return named or str(session.get("tf_user_id") or session.get("_user_id") or "")

    for endpoint in _SECRET:
        view: Any = app.view_functions.get(endpoint)
        if view is None:
            continue
        # A letter asked for is a try whatever the answer: nobody's box is to be filled.
        counted = None if endpoint == "security.forgot_password" else _failed
        for limit, key in (
            (PAIR, lambda: f"{account()} {desk.address()}"),
            (ACCOUNT, account),
            (ADDRESS, desk.address),
        ):
            view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=counted)(view)
        app.view_functions[endpoint] = view


def _failed(answer: Response) -> bool:
    """What succeeded leads on; what failed shows its form again."""
    return answer.status_code not in (301, 302, 303)
