"""What the desk's tests share: an office for each test, on a copy of one prepared store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.office import Office, office_on, template


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("office"))


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Iterator[Office]:
    made = office_on(office_template, tmp_path)
    yield made
    made.db.close()
