"""What the page modules of this folder share: JSON responses, the check of keys, the folder of templates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from flask import Response

from server.core.screens.screens import Screen

TEMPLATES = str(Path(__file__).parents[3] / "display/templates")


class KeyCheck(Protocol):
    """What is asked of the registry."""

    def bearer(self, header: str | None) -> Screen | None:
        """The screen whose key an Authorization header carries; None without a header. Raises Refusal."""


def json_response(message: object, status: int = 200) -> Response:
    return Response(json.dumps(message, ensure_ascii=False), status, content_type="application/json")
