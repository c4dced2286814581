"""The commands backup and restore: a restore is complete or changes nothing."""

from __future__ import annotations

import resource
import stat
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.main import app
from server.setup import backup_file
from server.store.database import backup, revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices
from server.store.people import people
from tests import cast
from tests.cast import NOW
from tests.cli.seeded import seen_by_server
from tests.postgres import Postgres, postgres

__all__ = ["postgres"]
CONFIG = '[[areas]]\nslug = "tinh"\nname = "Tỉnh"\n[[boards]]\nslug = "sanh"\nname = "Sảnh"\narea = "tinh"\n'
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")

    def act(*words: str, more: str = "") -> Result:
        config.write_text(CONFIG + more, encoding="utf-8")
        return CliRunner().invoke(app, ["--config", str(config), "--data", str(tmp_path / "data"), *words])

    return act


def post(data: Path, headline: str, url: str = "sqlite:///bangtin.db") -> None:
    db = Database.open(url, data)
    notices.post(db, cast.notice(headline=headline), actor="lan", now=NOW)
    db.close()


def headlines(data: Path, url: str = "sqlite:///bangtin.db") -> list[str]:
    db = Database.open(url, data)
    found = [one.headline for one in notices.live(db, NOW)]
    db.close()
    return found


def epoch(data: Path, url: str) -> str:
    db = Database.open(url, data)
    found = revision.epoch(db)
    db.close()
    return found


@pytest.fixture
def backed_up(run: Run, tmp_path: Path) -> Path:
    """A backup of a store with one notice, a picture and a key.

    After the backup a second notice was posted and the picture was deleted.
    """
    data = tmp_path / "data"
    seen_by_server(tmp_path / "config.toml", data)
    assert run("announce", "Họp dân", "--area", "tinh").exit_code == 0
    post(data, "Bão số 1")
    for folder, name in (("media", "a.webp"), ("keys", "desk")):
        (data / folder).mkdir(exist_ok=True)
        (data / folder / name).write_text(folder, encoding="utf-8")
    made = run("backup", str(tmp_path / "sao.tar.gz"))
    assert made.exit_code == 0, made.output
    post(data, "Bão số 2")
    (data / "media/a.webp").unlink()
    return tmp_path / "sao.tar.gz"


def test_restore_brings_the_backup_and_keeps_the_newer_data(run: Run, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    db = Database.open("sqlite:///bangtin.db", data)
    before = revision.epoch(db)
    db.close()
    done = run("restore", str(backed_up))
    assert done.exit_code == 0, done.output
    assert headlines(data) == ["Bão số 1"]
    assert (data / "media/a.webp").read_text(encoding="utf-8") == "media"
    db = Database.open("sqlite:///bangtin.db", data)
    assert revision.epoch(db) != before
    assert not people.anybody(db)
    db.close()
    (kept,) = data.glob("before-restore-*")
    assert str(kept) in done.output
    (kept / "store").rename(kept / "bangtin.db")
    assert headlines(kept) == ["Bão số 1", "Bão số 2"]


def test_only_the_owner_can_read_a_backup(backed_up: Path) -> None:
    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600
    with tarfile.open(backed_up) as archived:
        assert {"manifest.json", "store", "media/a.webp", "keys/desk"} <= set(archived.getnames())


def test_a_backup_without_media_leaves_the_present_pictures(run: Run, backed_up: Path, tmp_path: Path) -> None:
    (tmp_path / "data/media/b.webp").write_text("b", encoding="utf-8")
    assert run("backup", str(tmp_path / "nho.tar.gz"), "--no-media").exit_code == 0
    assert run("restore", str(tmp_path / "nho.tar.gz")).exit_code == 0
    assert (tmp_path / "data/media/b.webp").exists()


def test_restore_is_refused_while_the_program_runs(run: Run, backed_up: Path, tmp_path: Path) -> None:
    held = backup_file.hold_shared_lock(tmp_path / "data")
    refused = run("restore", str(backed_up))
    assert (refused.exit_code, "đang chạy" in refused.output) == (2, True)
    assert headlines(tmp_path / "data") == ["Bão số 1", "Bão số 2"]
    assert held > 0


@pytest.mark.parametrize("damage", ["cut", "foreign", "absent", "torn"])
def test_an_incomplete_backup_changes_nothing(run: Run, backed_up: Path, tmp_path: Path, damage: str) -> None:
    body = backed_up.read_bytes()
    if damage == "cut":
        backed_up.write_bytes(body[: len(body) // 2])
    elif damage == "foreign":
        backed_up.write_bytes(b"PK not ours")
    elif damage == "absent":
        backed_up.unlink()
    else:
        with tarfile.open(backed_up, "w:gz") as archived:
            (tmp_path / "manifest.json").write_text('{"made": "x"}', encoding="utf-8")
            (tmp_path / "store").write_bytes(b"SQLite format 3\0" + bytes(5000))
            for name in ("manifest.json", "store"):
                archived.add(tmp_path / name, name)
    refused = run("restore", str(backed_up))
    assert refused.exit_code != 0
    assert headlines(tmp_path / "data") == ["Bão số 1", "Bão số 2"]
    assert not list((tmp_path / "data").glob(".restoring-*"))


def keys_and_media(data: Path) -> dict[str, str]:
    return {
        str(file.relative_to(data)): file.read_text(encoding="utf-8")
        for folder in ("keys", "media")
        for file in (data / folder).iterdir()
    }


def test_keys_and_media_stay_where_the_store_cannot_be_restored(run: Run, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "media/b.webp").write_text("b", encoding="utf-8")
    before = keys_and_media(data)
    (data / ".bangtin.db-restoring").symlink_to("/dev/full")  # the new store is written to a full disk
    refused = run("restore", str(backed_up))
    assert isinstance(refused.exception, StoreError)
    assert "No space left on device" in str(refused.exception)
    assert keys_and_media(data) == before
    assert headlines(data) == ["Bão số 1", "Bão số 2"]
    assert not [*data.glob(".restoring-*"), *data.glob(".*-restoring")]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Limits the files that this process can write to ``size`` bytes while the block runs."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_data_that_cannot_be_copied_first_is_not_replaced(run: Run, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = keys_and_media(data)
    damaged = b"no store any more" * 1_000_000
    (data / "bangtin.db").write_bytes(damaged)
    with largest_file(len(damaged) // 2):  # room for the store in the backup, but not for the present one
        refused = run("restore", str(backed_up))
    assert (refused.exit_code, "Chưa đổi gì" in refused.output) == (2, True)
    assert keys_and_media(data) == before
    assert (data / "bangtin.db").read_bytes() == damaged
    assert not list(data.glob("before-restore-*"))


def test_a_damaged_store_is_kept_and_replaced(run: Run, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "bangtin.db").write_bytes(b"no store any more")
    done = run("restore", str(backed_up))
    assert done.exit_code == 0, done.output
    assert headlines(data) == ["Bão số 1"]
    (kept,) = data.glob("before-restore-*")
    assert (kept / "store-unreadable").read_bytes() == b"no store any more"


def test_a_folder_that_cannot_be_replaced_stays(run: Run, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "media").rename(tmp_path / "media")
    (data / "media").write_text("no folder", encoding="utf-8")  # a file, which the backup's folder cannot replace
    keys = {file.name: file.read_bytes() for file in (data / "keys").iterdir()}
    refused = run("restore", str(backed_up))
    assert (refused.exit_code, "Đã khôi phục cơ sở dữ liệu" in refused.output) == (2, True)
    assert (data / "media").read_text(encoding="utf-8") == "no folder"
    assert {file.name: file.read_bytes() for file in (data / "keys").iterdir()} == keys
    assert headlines(data) == ["Bão số 1"]


def test_an_existing_file_is_not_overwritten(run: Run, backed_up: Path) -> None:
    before = backed_up.read_bytes()
    assert run("backup", str(backed_up)).exit_code == 2
    assert backed_up.read_bytes() == before


def test_the_newest_automatic_backups_are_kept(tmp_path: Path) -> None:
    for hour in range(5):
        (tmp_path / backup_file.name_at(datetime(2026, 1, 1, hour, tzinfo=UTC))).touch()
    backup_file.keep_newest(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bangtin-20260101-030000.tar.gz",
        "bangtin-20260101-040000.tar.gz",
    ]
    assert backup_file.newest(tmp_path, datetime(2026, 1, 1, 6, tzinfo=UTC)) == timedelta(hours=2)
    assert backup_file.newest(tmp_path / "khong-co", NOW) == timedelta.max


def test_backups_under_other_names_are_neither_counted_nor_deleted(tmp_path: Path) -> None:
    theirs = ["bangtin-truoc-nang-cap.tar.gz", "bangtin-2026011-000000.tar.gz", "bangtin-20269999-000000.tar.gz"]
    for name in theirs:
        (tmp_path / name).touch()
    assert backup_file.newest(tmp_path, NOW) == timedelta.max
    for hour in range(3):
        (tmp_path / backup_file.name_at(NOW - timedelta(hours=hour))).touch()
    assert backup_file.newest(tmp_path, NOW) == timedelta(0)
    backup_file.keep_newest(tmp_path, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*theirs, backup_file.name_at(NOW)])


@pytest.mark.postgres
def test_postgresql_is_backed_up_by_its_own_programs(run: Run, tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.create("sao_luu")
    more = f'[store]\nurl = "{url}"\n'
    data = tmp_path / "data"
    assert run("check", more=more).exit_code == 0
    seen_by_server(tmp_path / "config.toml", data)
    assert run("announce", "Họp dân", "--area", "tinh", more=more).exit_code == 0
    post(data, "Bão số 1", url)
    made = run("backup", str(tmp_path / "sao.tar.gz"), more=more)
    assert made.exit_code == 0, made.output
    post(data, "Bão số 2", url)
    done = run("restore", str(tmp_path / "sao.tar.gz"), more=more)
    assert done.exit_code == 0, done.output
    assert headlines(data, url) == ["Bão số 1"]
    postgres.drop("sao_luu")


@pytest.mark.postgres
def test_postgresql_gets_its_new_epoch_with_the_copy(run: Run, tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.create("ky_moi")
    data = tmp_path / "data"
    assert run("check", more=f'[store]\nurl = "{url}"\n').exit_code == 0
    seen_by_server(tmp_path / "config.toml", data)
    post(data, "Bão số 1", url)
    copied = tmp_path / "copy"
    backup.copy(url, data, copied)
    before = epoch(data, url)
    backup.restore(url, data, copied)  # a crash from here on leaves what the next lines find
    assert headlines(data, url) == ["Bão số 1"]
    assert epoch(data, url) != before
    assert not list(data.glob(".restoring-*"))
    postgres.drop("ky_moi")


@pytest.mark.postgres
def test_without_postgresqls_programs_nothing_changes(
    run: Run, tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create("khong_cong_cu")
    more = f'[store]\nurl = "{url}"\n'
    data = tmp_path / "data"
    assert run("check", more=more).exit_code == 0
    seen_by_server(tmp_path / "config.toml", data)
    assert run("announce", "Họp dân", "--area", "tinh", more=more).exit_code == 0
    (data / "keys").mkdir(exist_ok=True)
    (data / "keys/desk").write_text("keys", encoding="utf-8")
    assert run("backup", str(tmp_path / "sao.tar.gz"), more=more).exit_code == 0
    post(data, "Bão số 2", url)
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        refused = run("restore", str(tmp_path / "sao.tar.gz"), more=more)
    assert (refused.exit_code, "Chưa đổi gì" in refused.output) == (2, True)
    assert (data / "keys/desk").exists()
    assert headlines(data, url) == ["Bão số 2"]
    postgres.drop("khong_cong_cu")
