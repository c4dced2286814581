"""Fixtures of the desk's tests: an office for each test, on a copy of one prepared store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.setup.config import Config
from tests.desk.office import Office, office_on, template


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Iterator[Office]:
    made = office_on(office_template, tmp_path)
    yield made
    made.db.close()


@pytest.fixture
def mailing(office: Office) -> Office:
    """The office with a mail server and a public address configured; ``messages.due`` gives the mails to be sent."""
    office.config = Config.model_validate(
        {
            "mail": {"host": "mail.example.vn"},
            "server": {"public_url": "http://bangtin.example.vn/"},
            "people": {"second_factor": False},
        }
    )
    return office
