"""JSON responses, the protocol for checking keys, and the template folder; used by the modules of this package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from flask import Response

from server.core.screens.screens import Screen

TEMPLATES = str(Path(__file__).parents[3] / "display/templates")


class KeyCheck(Protocol):
    """The method of the screen registry that the pages call."""

    def bearer(self, header: str | None) -> Screen | None:
        """The screen whose key an Authorization header carries; None without a header.

        Raises registry.Refusal if the key is not valid.
        """


def json_response(message: object, status: int = 200) -> Response:
    """Returns a JSON response; non-ASCII letters are not escaped."""
    return Response(json.dumps(message, ensure_ascii=False), status, content_type="application/json")


def uncached(message: object, status: int = 200) -> Response:
    """Returns a JSON response that no cache may store."""
    response = json_response(message, status)
    response.headers["Cache-Control"] = "no-store"
    return response
