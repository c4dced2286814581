"""An HTTP client of the desk of a running server, signed in or not; used by tests with real processes.

It signs the session cookie with the desk's own key, as Flask does, so that tests need not use the sign-in page.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from server.core.times import from_ms
from server.security_headers import SESSION_COOKIE
from server.setup.secret_keys import key
from server.store.people import accounts, sign_ins
from tests.http_answers import Answer, ask
from tests.station import PATIENCE, Station

_TOKEN = "0" * 40


@dataclass(slots=True)
class Visitor:
    """A client of the station's desk.

    ``address`` is sent as the client's address (X-Forwarded-For), for a server behind one proxy.
    """

    station: Station
    address: str = "127.0.0.1"
    session: dict[str, object] = field(default_factory=lambda: {"csrf_token": _TOKEN})

    def sign_in(self, username: str, *, factor: bool = True) -> Visitor:
        """Signs in to the account ``username`` without its password; returns this visitor."""
        account = accounts.find(self.station.store, "username", username)
        assert account is not None
        now = from_ms(round(time.clock_gettime(time.CLOCK_REALTIME) * 1000))
        made = sign_ins.begin(
            self.station.store, account["id"], address="127.0.0.1", agent="tests", now=now, factor=factor
        )
        self.session |= {
            "_user_id": account["fs_uniquifier"],
            "_fresh": True,
            "sign_in": made.id,
            "fs_paa": time.clock_gettime(time.CLOCK_REALTIME),
        }
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Posts a form with the CSRF token of the session."""
        token = URLSafeTimedSerializer(self._secret, salt="wtf-csrf-token").dumps(_TOKEN)
        body = urlencode({**(form or {}), "csrf_token": str(token)})
        return self._ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    @property
    def _secret(self) -> str:
        return key(self.station.data, "desk")

    def _cookie(self) -> str:
        app = Flask("visitor")
        app.secret_key = self._secret
        serializer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert serializer is not None
        return f"{SESSION_COOKIE}={serializer.dumps(self.session)}"

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.station.port, timeout=PATIENCE)
        return ask(
            connection, method, path, body, {"Cookie": self._cookie(), "X-Forwarded-For": self.address, **headers}
        )
