"""The fixture of the tests that store hostile texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.office import Office, add_everything, office_on, template


@pytest.fixture
def office(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A desk with the cast and EVERYTHING, a person who has every role in the province."""
    made = office_on(template(tmp_path_factory.mktemp("template")), tmp_path)
    add_everything(made.db)
    yield made
    made.db.close()
