"""An HTTP client over TLS that keeps cookies and connects from a chosen loopback address; for the tests of nginx.

Linux routes all of 127.0.0.0/8 to loopback, so visitors at 127.0.0.2 and 127.0.0.3 are different clients to nginx.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.http_answers import Answer, ask
from tests.nginx import NAME, Nginx
from tests.station import PATIENCE


@dataclass(slots=True)
class Visitor:
    """One client with its cookies; it connects from the loopback address ``address``."""

    nginx: Nginx
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def connected(self, name: str = NAME, **more: ssl.TLSVersion) -> ssl.SSLSocket:
        """A TLS connection to nginx for the host ``name`` (SNI).

        ``more`` are attributes to set on the SSLContext. Raises OSError if no connection is made.
        """
        context = ssl.create_default_context()
        assert self.nginx.authority is not None
        self.nginx.authority.configure_trust(context)
        for attribute, value in more.items():
            setattr(context, attribute, value)
        plain = socket.create_connection(("127.0.0.1", self.nginx.port), PATIENCE, source_address=(self.address, 0))
        return context.wrap_socket(plain, server_hostname=name)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Sends one request on a new connection and returns the answer; keeps the cookies that it sets."""
        connection = http.client.HTTPSConnection(NAME, timeout=PATIENCE)
        connection.sock = self.connected()
        sent = {"Host": NAME, "Referer": f"https://{NAME}/desk/login", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = ask(connection, method, path, body, sent)
        for cookie in answer.headers.get("set-cookie", "").splitlines():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Posts a form, with the CSRF token of the form that a GET of ``path`` returns, if there is one."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        body = urlencode({**fields, "csrf_token": token[1] if token else ""}).encode()
        return self.ask("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})
