"""The document to which an index of alerts links: from the network, or a file beside an index that is a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from feeds.download.http import Fetched
from feeds.errors import FetchError, Refused
from server.worker.harvest.alert_documents import linked

INDEX = "https://khituong.example/cap.xml"


def fetched(address: str) -> Fetched:
    return Fetched.of_file(address, b"<alert/>")


def cut_off(address: str) -> Fetched:
    return replace(fetched(address), complete=False)


def test_a_url_is_downloaded_whole_or_not_at_all() -> None:
    assert linked("https://khituong.example/1.cap", INDEX, fetched).body == b"<alert/>"
    with pytest.raises(FetchError) as caught:
        linked("https://khituong.example/1.cap", INDEX, cut_off)
    assert caught.value.code == "cut-off"


def test_only_an_index_that_is_a_file_leads_to_files(tmp_path: Path) -> None:
    beside = tmp_path / "một.cap"
    beside.write_bytes(b"<alert>1</alert>")
    for address in (beside.as_uri(), str(beside)):
        assert linked(address, str(tmp_path / "cap.xml"), fetched).body == b"<alert>1</alert>"
        with pytest.raises(Refused):
            linked(address, INDEX, fetched)
