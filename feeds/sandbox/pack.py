"""What parent and child of sandbox.isolate say to each other: a line of JSON, then as many bytes as it names."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from feeds.discover.survey import FeedLink, Survey
from feeds.entry import Entry, Reading
from feeds.errors import FeedError, ParseError, PictureError
from feeds.selectors import selectors_from

_ERRORS: dict[str, type[FeedError]] = {kind.__name__: kind for kind in (ParseError, PictureError)}


def line(message: dict[str, Any], body: bytes = b"") -> bytes:
    """One message as bytes."""
    return json.dumps({**message, "bytes": len(body)}, ensure_ascii=True).encode("ascii") + b"\n" + body


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Only what JSON has: instants in ISO 8601, spans in seconds."""
    whole = asdict(reading)
    whole["ttl"] = reading.ttl.total_seconds() if reading.ttl is not None else None
    for packed, entry in zip(whole["entries"], reading.entries, strict=True):
        packed["published"] = entry.published.isoformat() if entry.published is not None else None
    return whole


def reading_from_json(whole: dict[str, Any]) -> Reading:
    """The inverse of ``reading_to_json``."""
    return Reading(
        title=whole["title"],
        link=whole["link"],
        language=whole["language"],
        entries=tuple(_entry(packed) for packed in whole["entries"]),
        notes=tuple(whole["notes"]),
        ttl=timedelta(seconds=whole["ttl"]) if whole["ttl"] is not None else None,
        next=whole["next"],
        selectors=selectors_from(whole["selectors"]),
    )


def survey_to_json(survey: Survey) -> dict[str, Any]:
    """The inverse of ``survey_from_json``."""
    return {
        "title": survey.title,
        "feeds": [asdict(link) for link in survey.feeds],
        "lists": [reading_to_json(reading) for reading in survey.lists],
    }


def survey_from_json(whole: dict[str, Any]) -> Survey:
    """The inverse of ``survey_to_json``."""
    return Survey(
        whole["title"],
        tuple(FeedLink(**link) for link in whole["feeds"]),
        tuple(reading_from_json(reading) for reading in whole["lists"]),
    )


def _entry(packed: dict[str, Any]) -> Entry:
    published = packed["published"]
    return Entry(
        **{
            **packed,
            "published": datetime.fromisoformat(published) if published is not None else None,
            "table": tuple(tuple(row) for row in packed["table"]),
            "notes": tuple(packed["notes"]),
        }
    )


def error_to_json(error: FeedError) -> dict[str, Any]:
    """The kind, words and code of ``error``."""
    return {"kind": type(error).__name__, "message": error.message, "code": error.code}


def error_from_json(packed: dict[str, Any]) -> FeedError:
    """The inverse of ``error_to_json``; an unknown kind is a ParseError."""
    return _ERRORS.get(packed["kind"], ParseError)(packed["message"], packed["code"])
