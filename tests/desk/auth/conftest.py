"""Fixtures of the sign-in tests."""

from __future__ import annotations

import pytest

from server.setup.config import Config
from server.setup.config_sections import PeopleSection
from tests.desk.office import Office


@pytest.fixture
def locked(office: Office) -> Office:
    """An office with a configuration in which editors and keepers must have a second factor."""
    office.config = Config(people=PeopleSection(second_factor=True))
    return office
