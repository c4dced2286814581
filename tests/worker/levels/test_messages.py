"""What other servers send is untrusted: an item that cannot be read is left out, and the others are taken."""

from __future__ import annotations

import json

import pytest

from feeds.errors import ParseError
from server.worker.levels.messages import TOO_NEW, read_document, read_feed

SERVER = "ab" * 16
RECURRENCE = {"rule": "FREQ=DAILY", "start": "07:00", "end": "09:00", "first": "2026-03-09"}


def feed(*changes: dict[str, object], **fields: object) -> bytes:
    """A feed with one item for each of ``changes``; ``fields`` replace those of the feed."""
    items = [
        {
            "origin": f"{SERVER}/a{number}", "version": 1, "path": [SERVER], "kind": "announcement", "title": "Họp",
            "areas": [{"slug": "tinh", "name": "Tỉnh"}], "from": "2026-03-09T00:30:00Z",
        } | change
        for number, change in enumerate(changes)
    ]  # fmt: skip
    return json.dumps({"format": 1, "server": SERVER, "complete": True, "items": items} | fields).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"from": "0001-01-01T00:00:00+07:00"},
        {"from": "2026-03-09T00:30:00"},
        {"until": "9999-12-31T23:59:59-07:00"},
        {"windows": [["0001-01-01T00:00:00+07:00", None]]},
        {"recurrence": RECURRENCE | {"first": "9999-12-31"}},
        {"recurrence": RECURRENCE | {"start": "07:00+07:00"}},
        {"recurrence": RECURRENCE | {"rule": "FREQ=SECONDLY"}},
        {"recurrence": RECURRENCE | {"zone": "Sao/Hoa"}},
        {"origin": "khong-phai-ma"},
        {"level": "tối khẩn"},
        {"areas": []},
    ],
)
def test_an_item_that_cannot_be_read_is_left_out_and_the_feed_is_not_complete(change: dict[str, object]) -> None:
    found, unread = read_feed(feed({}, change, {"recurrence": RECURRENCE}))
    assert [one.origin for one in found.items] == [f"{SERVER}/a0", f"{SERVER}/a2"]
    assert (unread, found.complete) == (1, False)


def test_a_newer_format_and_another_document_are_told_apart() -> None:
    for body, sentence in ((feed(format=2), TOO_NEW), (b"<html>", "không có máy chủ"), (b"[]", "không có máy chủ")):
        for read in (read_feed, read_document):
            with pytest.raises(ParseError, match=sentence[:20]):
                read(body)
