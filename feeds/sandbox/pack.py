"""Converts messages between feeds.sandbox.isolate (parent) and feeds.sandbox.child to one line of JSON and a body.

The field "bytes" of the JSON object is the length of the body. The parent checks the type of everything that it
reads, because a child that has parsed malicious bytes may send anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from types import NoneType
from typing import TypeVar

from feeds.entry import Entry, FeedLink, Reading, Survey
from feeds.errors import FeedError, ParseError, PictureError
from feeds.selectors import Selectors, selectors_from

T = TypeVar("T")
Message = Mapping[str, object]
Answer = tuple[dict[str, object], bytes]
"""The result of a task: JSON fields, and the bytes that follow them in the message."""

_ERRORS: dict[str, type[FeedError]] = {kind.__name__: kind for kind in (ParseError, PictureError)}


def line(message: Message, body: bytes = b"") -> bytes:
    """Returns the bytes of a message: ``message`` as a line of JSON, then ``body``."""
    return json.dumps({**message, "bytes": len(body)}, ensure_ascii=True).encode("ascii") + b"\n" + body


def killed() -> ParseError:
    """Returns the error for a child that crashed, was too slow, or sent a malformed message."""
    return ParseError("Nội dung nguồn làm quá tải bộ đọc nên đã bị dừng.", "killed")


def field(message: object, name: str, *kinds: type[T]) -> T:
    """Returns the value of the field ``name`` of a message.

    Raises ParseError (code "killed") if it is missing or has none of the types ``kinds``.
    """
    value = message.get(name, killed) if isinstance(message, Mapping) else killed
    for kind in kinds:
        if isinstance(value, kind):
            return value
    raise killed()


def texts(values: object) -> tuple[str, ...]:
    """Returns the list of strings ``values`` as a tuple. Raises ParseError (code "killed") for anything else."""
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return tuple(values)
    raise killed()


def reading_to_json(reading: Reading) -> dict[str, object]:
    """Returns the reading as values that JSON can encode: datetimes in ISO 8601, durations in seconds."""
    whole = asdict(reading)
    whole["ttl"] = reading.ttl.total_seconds() if reading.ttl is not None else None
    for packed, entry in zip(whole["entries"], reading.entries, strict=True):
        packed["published"] = entry.published.isoformat() if entry.published is not None else None
    return whole


def reading_from_json(whole: object) -> Reading:
    """Returns the Reading that ``reading_to_json`` has converted.

    Raises ParseError (code "killed") for malformed values.
    """
    ttl = field(whole, "ttl", float, NoneType)
    return Reading(
        title=field(whole, "title", str),
        link=field(whole, "link", str),
        language=field(whole, "language", str),
        entries=tuple(_entry(packed) for packed in field(whole, "entries", list)),
        notes=texts(field(whole, "notes", list)),
        ttl=timedelta(seconds=ttl) if ttl is not None else None,
        next=field(whole, "next", str),
        selectors=selectors_of(whole, "selectors"),
    )


def selectors_of(message: object, name: str) -> Selectors | None:
    """Returns the selectors in the field ``name``, None if it is null.

    Raises ParseError (code "killed") if it is malformed.
    """
    packed = field(message, name, dict, NoneType)
    return selectors_from({key: field(packed, key, str) for key in packed}) if packed is not None else None


def survey_to_json(survey: Survey) -> dict[str, object]:
    """Returns the survey as values that JSON can encode."""
    return {
        "title": survey.title,
        "feeds": [asdict(link) for link in survey.feeds],
        "lists": [reading_to_json(reading) for reading in survey.lists],
    }


def survey_from_json(whole: object) -> Survey:
    """Returns the Survey that ``survey_to_json`` has converted.

    Raises ParseError (code "killed") for malformed values.
    """
    links = field(whole, "feeds", list)
    return Survey(
        field(whole, "title", str),
        tuple(FeedLink(field(link, "title", str), field(link, "address", str)) for link in links),
        tuple(reading_from_json(reading) for reading in field(whole, "lists", list)),
    )


def error_to_json(error: FeedError) -> dict[str, object]:
    """Returns ``error`` as JSON fields: class name, message and code."""
    return {"kind": type(error).__name__, "message": error.message, "code": error.code}


def error_from_json(packed: object) -> FeedError:
    """Returns the exception that ``error_to_json`` has converted; an unknown class becomes a ParseError.

    Raises ParseError (code "killed") for malformed values.
    """
    kind = _ERRORS.get(field(packed, "kind", str), ParseError)
    return kind(field(packed, "message", str), field(packed, "code", str))


def _entry(packed: object) -> Entry:
    published = field(packed, "published", str, NoneType)
    return Entry(
        id=field(packed, "id", str),
        title=field(packed, "title", str),
        summary=field(packed, "summary", str),
        link=field(packed, "link", str),
        published=_instant(published) if published is not None else None,
        image=field(packed, "image", str, NoneType),
        image_alt=field(packed, "image_alt", str),
        language=field(packed, "language", str),
        table=tuple(texts(row) for row in field(packed, "table", list)),
        notes=texts(field(packed, "notes", list)),
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise killed() from error
