"""The pages /healthz and /readyz for monitors, load balancers and tests; registered by server.processes.server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response


@dataclass(frozen=True, slots=True)
class Health:
    """The faults that were found, as Vietnamese sentences.

    ``broken``: boards are not served or get nothing new. ``degraded``: all other faults.
    """

    broken: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()


def health_pages(health: Callable[[], Health]) -> Blueprint:
    """The blueprint of both pages; ``health`` returns the present faults.

    ``/healthz`` always responds 200: it shows that the event loop runs. ``/readyz`` responds 503 with the faults if
    something is broken, otherwise 200 with "ok", or with "degraded: " and the faults (docs/vi/van-hanh.md).
    """
    pages = Blueprint("ops", __name__)

    @pages.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", content_type="text/plain; charset=utf-8")

    @pages.get("/readyz")
    def readyz() -> Response:
        found = health()
        text = "; ".join((*found.broken, *found.degraded))
        if not found.broken:
            text = f"degraded: {text}" if text else "ok"
        return Response(f"{text}\n", 503 if found.broken else 200, content_type="text/plain; charset=utf-8")

    return pages
