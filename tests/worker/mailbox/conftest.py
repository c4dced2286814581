"""Fixtures of the tests of mailboxes: one real IMAP server for a module, an office and a mailbox for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.conftest import office, office_template
from tests.desk.office import Office
from tests.dovecot import ImapServer, running
from tests.worker.mailbox.post import Post

__all__ = ["office", "office_template"]


@pytest.fixture(scope="session")
def imap() -> Iterator[ImapServer]:
    with running() as made:
        yield made


@pytest.fixture
def post(office: Office, imap: ImapServer, tmp_path: Path) -> Post:
    return Post(office, imap, tmp_path / "media")
