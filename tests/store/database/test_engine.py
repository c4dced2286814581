"""The engine: migrations lead to the defined tables, transactions are atomic, and database errors are translated."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, exc, inspect, text

from server.store import tables
from server.store.audit import audit
from server.store.boards import boards
from server.store.database import migrate, revision
from server.store.database.engine import Database
from server.store.database.error_translation import translate
from server.store.database.errors import StoreAway, StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreUnavailable
from tests.cast import EDITOR, NOW
from tests.paths import ROOT
from tests.postgres import Postgres
from tests.store.conftest import BRIEF, Opens


def _shape(conn: Connection) -> dict[str, object]:
    """All that the database reports about its tables (columns, keys, constraints, indexes), in a fixed order."""
    seen = inspect(conn)
    return {
        table: {
            "columns": sorted(
                (c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in seen.get_columns(table)
            ),
            "key": str(seen.get_pk_constraint(table)),
            "references": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "indexes": sorted(map(str, seen.get_indexes(table))),
        }
        for table in tables.metadata.tables
    }


def test_migrated_is_the_same_as_fresh(opens: Opens, empty_url: str) -> None:
    db = opens(empty_url)
    with db.write() as conn:
        tables.metadata.create_all(conn)
        fresh = _shape(conn)
        tables.metadata.drop_all(conn)
    db.migrate()
    with db.read() as conn:
        assert _shape(conn) == fresh
        assert compare_metadata(MigrationContext.configure(conn), tables.metadata) == []


def test_migrating_again_changes_nothing(db: Database) -> None:
    before = revision.epoch(db), revision.current(db)
    db.migrate()
    assert (revision.epoch(db), revision.current(db)) == before


def test_the_newest_version_is_the_only_head_of_the_migrations(db: Database) -> None:
    with db.read() as conn:
        assert ScriptDirectory.from_config(migrate.config(conn)).get_heads() == [migrate.newest()]


def test_tables_that_are_up_to_date_are_found_without_alembic(tmp_path: Path) -> None:
    _open_and_migrate("sqlite:///a.db", tmp_path)
    program = (
        "import sys; from pathlib import Path; from server.store.database.engine import Database; "
        f"Database.open('sqlite:///a.db', Path({str(tmp_path)!r})).migrate(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_downgrade_and_upgrade_again(opens: Opens, empty_url: str) -> None:
    db = opens(empty_url)
    db.migrate()
    with db.write() as conn:
        command.downgrade(migrate.config(conn), "base")
        assert inspect(conn).get_table_names() == ["alembic_version"]
    db.migrate()
    assert revision.current(db) == 1


def _open_and_migrate(url: str, data: Path) -> str:
    db = Database.open(url, data)
    db.migrate()
    found = revision.epoch(db)
    db.close()
    return found


def _migrate_together(start: Barrier, said: Queue[str], url: str, data: Path) -> None:
    start.wait(timeout=60)
    said.put(_open_and_migrate(url, data))


def test_processes_that_start_at_the_same_time_create_one_store(empty_url: str, tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, said = spawn.Barrier(2), spawn.Queue()
    both = [spawn.Process(target=_migrate_together, args=(start, said, empty_url, tmp_path)) for _ in range(2)]
    for process in both:
        process.start()
    epochs = {said.get(timeout=60) for _ in both}
    for process in both:
        process.join(timeout=60)
    assert len(epochs) == 1


def test_only_its_owner_reads_the_files_of_a_store_also_of_an_older_one(tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    sqlite3.connect(older).close()
    older.touch(mode=0o644)
    older.chmod(0o644)
    for name in ("new.db", "older.db"):
        db = Database.open(f"sqlite:///{name}", tmp_path)
        db.migrate()
        with db.read():
            files = sorted(tmp_path.glob(f"{name}*"))
            assert len(files) == 3
            assert [oct(one.stat().st_mode & 0o777) for one in files] == ["0o600"] * 3
        db.close()


def test_every_store_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    first = _open_and_migrate("sqlite:///a.db", tmp_path)
    second = _open_and_migrate("sqlite:///b.db", tmp_path)
    assert len(first) == len(second) == 16
    assert first != second


def test_a_store_of_a_newer_program_is_refused(db: Database) -> None:
    with db.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="mới hơn"):
        db.migrate()


def test_a_transaction_that_raises_leaves_nothing(db: Database) -> None:
    before = revision.current(db)
    with pytest.raises(KeyError):
        _bump_and_fail(db)
    assert revision.current(db) == before


def _bump_and_fail(db: Database) -> None:
    with db.write() as conn:
        revision.bump(conn, revision.EVERYTHING)
        raise KeyError


def test_sqlite_is_set_up_for_power_cuts_and_foreign_keys(tmp_path: Path) -> None:
    db = Database.open("sqlite:///x.db", tmp_path)
    db.migrate()
    with db.read() as conn:
        found = [
            conn.execute(text(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    db.close()
    assert found == ["wal", 2, 1, 5000]


def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    before = revision.current(db)
    with db.write() as conn:
        revision.bump(conn, revision.EVERYTHING)
        assert revision.current(db) == before
    assert revision.current(db) == before + 1


def test_a_lock_that_is_held_too_long_is_busy(db: Database, opens: Opens, url: str) -> None:
    other = opens(url, busy_timeout=BRIEF)
    with db.write() as conn:
        revision.bump(conn, revision.EVERYTHING)
        with pytest.raises(StoreBusy, match="đang bận"):
            boards.set_mode(other, "hoi-truong", "dark", actor=EDITOR.slug, now=NOW)
    assert boards.get(other, "hoi-truong").mode == "on"
    assert audit.all(other) == ()


def test_a_writer_waits_for_the_one_before(db: Database) -> None:
    held = threading.Barrier(2)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as conn:
            revision.bump(conn, revision.EVERYTHING)
            waiting = pool.submit(_bump_after, db, held)
            held.wait(timeout=5)
            before = conn.execute(tables.store.select()).one().revision
        waiting.result(timeout=5)
    assert revision.current(db) == before + 1


def _bump_after(db: Database, held: threading.Barrier) -> None:
    held.wait(timeout=5)
    with db.write() as conn:
        revision.bump(conn, revision.EVERYTHING)


def test_many_threads_lose_no_write(db: Database) -> None:
    before = revision.current(db)

    def bump(_: int) -> None:
        with db.write() as conn:
            revision.bump(conn, revision.EVERYTHING)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(bump, range(40)))
    assert revision.current(db) == before + 40


def test_an_exhausted_pool_is_busy(opens: Opens, url: str) -> None:
    db = opens(url, busy_timeout=BRIEF)
    with pytest.raises(StoreBusy, match="hết kết nối"):
        _nest(db, 41)


def _nest(db: Database, depth: int) -> None:
    with db.read():
        if depth:
            _nest(db, depth - 1)


def test_a_folder_that_is_not_writable_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="Không ghi được vào thư mục dữ liệu"):
        Database.open("sqlite:///x.db", tmp_path / "file")


def test_a_database_that_is_a_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.db").mkdir()
    db = Database.open("sqlite:///x.db", tmp_path)
    with pytest.raises(StoreUnavailable):
        db.migrate()


def test_a_file_that_is_no_database_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"tin tuc hom nay " * 1024)
    db = Database.open("sqlite:///x.db", tmp_path)
    with pytest.raises(StoreCorrupt, match="bị hỏng"):
        db.migrate()


def test_damaged_pages_are_corrupt(sqlite_template: Path, tmp_path: Path) -> None:
    whole = sqlite_template.read_bytes()
    (tmp_path / "x.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    db = Database.open("sqlite:///x.db", tmp_path)
    with pytest.raises(StoreCorrupt):
        revision.current(db)
    db.close()


def test_a_server_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    db = Database.open("postgresql+psycopg://tests@127.0.0.1:1/nothing", tmp_path)
    with pytest.raises(StoreUnavailable):
        revision.current(db)


@pytest.mark.postgres
def test_a_missing_database_is_unavailable(postgres: Postgres, tmp_path: Path) -> None:
    db = Database.open(postgres.url("nothing"), tmp_path)
    with pytest.raises(StoreUnavailable):
        revision.current(db)


def test_missing_tables_raise_a_store_error(opens: Opens, empty_url: str) -> None:
    with pytest.raises(StoreError) as caught:
        revision.current(opens(empty_url))
    assert type(caught.value) is StoreError


@pytest.mark.parametrize(
    "url",
    [
        "mysql://host/db", "sqlite://", "bangtin.db", "postgresql+psycopg2://host/db",
        "postgresql+psycopg//b:secret@host/db", "postgresql+psycopg://b:secret@host:54x2/db",
    ],
)  # fmt: skip
def test_other_urls_are_refused_without_their_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="store url") as raised:
        Database.open(url, tmp_path)
    assert "secret" not in str(raised.value)


def test_the_folder_is_made_and_the_file_lies_in_it(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    db = Database.open("sqlite:///bangtin.db", data)
    db.migrate()
    db.close()
    with sqlite3.connect(data / "bangtin.db") as raw:
        assert raw.execute("SELECT count(*) FROM store").fetchone() == (1,)
    raw.close()


@pytest.mark.parametrize(
    ("kind", "wrapped", "ours"),
    [
        (psycopg.errors.LockNotAvailable, exc.OperationalError, StoreBusy),
        (psycopg.errors.DiskFull, exc.OperationalError, StoreFull),
        (psycopg.errors.DataCorrupted, exc.InternalError, StoreCorrupt),
        # Errors without an SQLSTATE: the connection failed, or the driver itself raised them.
        (psycopg.OperationalError, exc.OperationalError, StoreAway),
        (psycopg.errors.InvalidCatalogName, exc.OperationalError, StoreUnavailable),
        (psycopg.ProgrammingError, exc.ProgrammingError, StoreError),
    ],
)
def test_an_error_of_postgresql_is_classified_by_its_sqlstate(
    kind: type[psycopg.Error], wrapped: type[exc.DBAPIError], ours: type[StoreError]
) -> None:
    assert type(translate(wrapped("SELECT 1", {}, kind("hỏng")))) is ours


def test_sqlite_does_not_import_the_driver_of_postgresql() -> None:
    code = (
        "import sys, server.store.database.engine, server.store.database.errors; sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
