"""Defines the types of the server's messages; used by server_link.py, guard.py, panel.py and screenshots.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]
"""A message's JSON object as server/core/wire.py describes it. Nothing is checked when it arrives: a server of
another version may send other fields, so guard.py catches KeyError, TypeError and ValueError where it uses a
message."""
EventPayload = tuple[str, Any]
"""An event's name and its payload; the payload of an unknown event may be of any type."""
