"""Makes error answers of the HTTP API as problem details (RFC 9457); called by web.error_pages and desk.api."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus

from flask import Response

TYPE = "application/problem+json"


def problem(status: int, detail: str, errors: Sequence[tuple[str, str]] = ()) -> Response:
    """Returns an answer with problem details and this status. ``detail`` is a sentence in the caller's language.

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
    return Response(json.dumps(body, ensure_ascii=False), status, content_type=TYPE)
