"""A command that is run with another config.toml than the server's does not change areas, sources or boards."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.main import app
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.sources.sources import areas
from tests.cast import NOW
from tests.cli.seeded import seen_by_server

OWN = '[[areas]]\nslug = "tinh"\nname = "Tỉnh"\n[[boards]]\nslug = "bang"\nname = "Bảng"\narea = "tinh"\n'
FOREIGN = OWN.replace('"tinh"', '"noi-khac"').replace('"bang"', '"bang-khac"')


def run(tmp_path: Path, config: str, *words: str) -> Result:
    path = tmp_path / "config.toml"
    path.write_text(config, encoding="utf-8")
    return CliRunner().invoke(app, ["--config", str(path), "--data", str(tmp_path / "data"), *words])


@pytest.fixture
def store(tmp_path: Path) -> Database:
    (tmp_path / "config.toml").write_text(OWN, encoding="utf-8")
    seen_by_server(tmp_path / "config.toml", tmp_path / "data")
    return Database.open("sqlite:///bangtin.db", tmp_path / "data")


@pytest.mark.parametrize(
    "words", [["show", "bang"], ["announce", "Họp", "--board", "bang"], ["urgent", "Sơ tán", "--area", "tinh"]]
)
def test_no_board_is_retired_and_the_command_reaches_the_present_boards(
    tmp_path: Path, store: Database, words: list[str]
) -> None:
    done = run(tmp_path, FOREIGN, *words)
    assert done.exit_code == 0, done.output
    assert [board.slug for board in boards.all(store)] == ["bang"]
    assert [area.slug for area in areas(store)] == ["tinh"]


def test_an_area_of_the_other_file_is_unknown(tmp_path: Path, store: Database) -> None:
    done = run(tmp_path, FOREIGN, "urgent", "Sơ tán", "--area", "noi-khac")
    assert done.exit_code == 2
    assert "Có: tinh" in done.output
    assert notices.live(store, NOW) == ()
