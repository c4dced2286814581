"""The golden files are what the code of today says; node reads the same files in tests/display."""

from __future__ import annotations

from tests.golden import make


def test_the_lap_table_is_up_to_date() -> None:
    assert (make.HERE / "lap.json").read_text() == make.text()
