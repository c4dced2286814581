"""Makes problem details (RFC 9457), the API's error answers; called by desk.web, live.ops and live.sockets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

TYPE = "application/problem+json"


def problem_details(status: int, detail: str, errors: Sequence[tuple[str, str]] = ()) -> str:
    """Returns the JSON text for an answer with this status. ``detail`` is a sentence for people.

    ``errors`` are pairs (place in the request, what is wrong there). The member ``error`` repeats ``detail`` for
    programs that were written before the API answered with problem details.
    """
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "error": detail,
        "errors": [{"place": place, "message": message} for place, message in errors],
    }
    return json.dumps(body, ensure_ascii=False)


def is_of_api(path: str) -> bool:
    """Whether the path is one of the HTTP API, whose clients expect problem details."""
    return path.startswith("/api/v")
