"""Makes error answers of the HTTP API as problem details (RFC 9457); called by web.error_pages, api and public."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from server.core.problem_details import TYPE, problem_details

__all__ = ["TYPE", "problem"]


def problem(status: int, detail: str, errors: Sequence[tuple[str, str]] = ()) -> Response:
    """Returns an answer with problem details and this status. ``detail`` is a sentence in the caller's language.

    ``errors`` are pairs (place in the request, what is wrong there).
    """
    return Response(problem_details(status, detail, errors), status, content_type=TYPE)
