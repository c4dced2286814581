"""A restore in which a folder cannot be replaced; the command itself is tested in tests/cli/test_backup.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.setup.backup_file import Unusable, exchange


def test_a_folder_whose_replacement_cannot_be_moved_is_moved_back(tmp_path: Path) -> None:
    there, kept = tmp_path / "keys", tmp_path / "before"
    there.mkdir()
    kept.mkdir()
    (there / "desk").write_text("secret", encoding="utf-8")
    with pytest.raises(Unusable, match="không thay được thư mục"):
        exchange(there, tmp_path / "gone", kept)
    assert (there / "desk").read_text(encoding="utf-8") == "secret"
    assert not (kept / "keys").exists()
