"""Converts a CapIndex to the bytes of a message (in feeds.sandbox.child) and back (in feeds.sandbox.isolate)."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from feeds.formats.cap.document import CapIndex
from feeds.sandbox import pack


def cap_to_bytes(found: CapIndex) -> bytes:
    """Returns ``found`` as JSON: dataclasses are objects, times are in ISO 8601."""
    return _adapter().dump_json(found)


def cap_from_bytes(packed: bytes) -> CapIndex:
    """Returns the CapIndex in a message that ``cap_to_bytes`` has made; checks the type of every value.

    Raises ParseError (code "killed") for bad data.
    """
    try:
        return _adapter().validate_json(packed, strict=True)
    except ValidationError as error:
        raise pack.killed() from error


@cache
def _adapter() -> TypeAdapter[CapIndex]:
    return TypeAdapter(CapIndex)
