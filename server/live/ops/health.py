"""Health checks for monitors, load balancers and the tests; made by server.processes.server."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response


def health_pages(trouble: Callable[[], str], boards: Callable[[], int]) -> Blueprint:
    """``/healthz`` answers while the loop runs; ``/readyz`` is 503 with the reason while boards cannot be served.

    ``trouble`` says what is wrong with the store, empty if nothing is; ``boards`` counts the boards on air.
    """
    pages = Blueprint("ops", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    @pages.get("/readyz")
    def readyz() -> Response:
        reason = trouble() or ("" if boards() else "Chưa có bảng tin nào")
        status = 503 if reason else 200
        return Response(f"{reason or 'ok'}\n", status, content_type="text/plain; charset=utf-8")

    return pages
