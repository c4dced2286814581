"""Sends a request by http.client and reads the whole answer; used by the visitors of tests.desk and tests.deploy."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request: ``headers`` by lower-case name, values of a repeated header joined by line feeds."""

    status: int
    headers: Mapping[str, str]
    text: str


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | bytes | None,
    headers: Mapping[str, str],
) -> Answer:
    """Sends a request over ``connection``, returns the answer and closes the connection. Raises OSError.

    Bytes of the body that are not UTF-8 are replaced.
    """
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            known = found.get(name.lower())
            found[name.lower()] = value if known is None else f"{known}\n{value}"
        return Answer(answer.status, found, answer.read().decode(errors="replace"))
    finally:
        connection.close()
