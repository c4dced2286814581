"""Fetches forms of the desk for benchmarks that send them without a browser; used by _editor, _signers, _guessers."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def fetch_form(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """The CSRF token of the form at ``path``, and the session cookie as "name=value".

    Raises OSError if the desk does not answer, or if the response has no form.
    """
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    token = TOKEN.search(answer.read().decode())
    if answer.status != http.client.OK or token is None:
        raise ConnectionError(f"{path} answers {answer.status}")
    return token[1], (answer.getheader("Set-Cookie") or "").partition(";")[0]
