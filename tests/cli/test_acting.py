"""Commands that change data never create a store, and never say "saved" about a store that no server reads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.main import app, now
from server.setup.config_file import load
from server.setup.store_setup import open_store
from server.store.database import server_seen
from server.store.database.engine import Database
from server.store.notices import notices
from tests.cli.seeded import seen_by_server
from tests.cli.test_notices import CONFIG
from tests.postgres import Postgres, postgres
from tests.station import Station, config_text, until

__all__ = ["postgres"]
ACTS = (
    ("announce", "Họp dân", "--area", "tinh"),
    ("withdraw", "1"),
    ("urgent", "Sơ tán ngay", "--area", "tinh"),
    ("confirm", "1"),
    ("clear", "1"),
    ("screen", "panic", "tinh"),
    ("screen", "mode", "hoi-truong", "dark"),
    ("screen", "revoke", "1"),
    ("user", "add", "hoa", "--name", "Hoa", "--email", "h@x.vn"),
    ("user", "link", "hoa"),
    ("simulate",),
    ("opml", "khong-co.opml"),
)
READS = (("show", "hoi-truong"), ("sources",), ("opml",), ("screen", "list"), ("user", "list"), ("doctor",))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def ran(config: Path, data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(config), "--data", str(data), *words])


@pytest.mark.parametrize("words", [*ACTS, *READS, ("backup", "sao.tar.gz")], ids=" ".join)
def test_where_no_store_is_nothing_is_made_and_the_store_that_was_looked_for_is_named(
    config: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = ran(config, tmp_path / "datta", *words)
    assert done.exit_code != 0
    assert f"kho: {tmp_path / 'datta' / 'bangtin.db'}" in str(done.exception)
    assert not (tmp_path / "datta").exists()
    (tmp_path / "empty").mkdir()
    assert ran(config, tmp_path / "empty", *words).exit_code != 0
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("words", ACTS, ids=" ".join)
def test_where_no_server_has_ever_run_nothing_is_done(config: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    open_store(load(config, {}), tmp_path / "data", now, seed=True).close()
    done = ran(config, tmp_path / "data", *words)
    assert done.exit_code != 0
    assert "Chưa có máy chủ nào chạy trên kho này" in str(done.exception)


def test_the_link_of_the_first_keeper_may_come_before_the_first_start(config: Path, tmp_path: Path) -> None:
    done = ran(config, tmp_path / "data", "user", "link")
    assert (done.exit_code, "/desk/welcome/" in done.output) == (0, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [(ACTS[2], "CHƯA đến 3 bảng tin"), (ACTS[5], "đã ghi lệnh"), (ACTS[0], "Đã đăng"), (ACTS[6], "dark")],
    ids=["urgent", "panic", "announce", "mode"],
)
def test_what_nobody_reads_is_saved_and_said_to_be_unread(
    config: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    data = tmp_path / "data"
    seen_by_server(config, data)
    db = Database.open("sqlite:///bangtin.db", data)
    server_seen.note(db, now() - timedelta(minutes=1))
    done = ran(config, data, *words)
    assert done.exit_code == 3
    assert says in done.output
    assert "hiện không có máy chủ nào đang đọc kho này" in done.output
    server_seen.note(db, now())
    assert ran(config, data, *words).exit_code == 0
    assert len(notices.live(db, now())) == (2 if words[0] == "urgent" else 0)
    db.close()


def test_an_empty_name_of_a_data_folder_is_refused_too(config: Path, tmp_path: Path) -> None:
    seen_by_server(config, tmp_path / "data")
    done = CliRunner().invoke(app, ["--config", str(config), "--data", "", *ACTS[2]])
    assert done.exit_code != 0


def test_a_server_leaves_signs_of_life_and_a_dead_one_none(tmp_path: Path) -> None:
    station = Station.of(tmp_path, config_text(["xa-mot"]))
    try:
        station.start(worker=False)
        done = station.cli("urgent", "Nước lên nhanh", "--area", "xa-mot")
        assert (done.returncode, "đang đến 1 bảng tin" in done.stdout) == (0, True)
        assert "kho: " in done.stderr
        station.kill9_server()
        db = station.store
        until(lambda: not server_seen.is_read(db, now()), "the sign of life is old", 30)
        done = station.cli("urgent", "Sơ tán ngay", "--area", "xa-mot")
        assert (done.returncode, "CHƯA đến 1 bảng tin" in done.stdout) == (3, True)
        assert "không có máy chủ nào" in done.stderr
    finally:
        station.close()


@pytest.mark.postgres
def test_without_the_address_of_its_postgresql_an_installation_is_not_replaced_by_a_new_store(
    config: Path, tmp_path: Path, postgres: Postgres
) -> None:
    url, data = postgres.create("noi_khac"), tmp_path / "data"
    config.write_text(f'{CONFIG}[store]\nurl = "{url}"\n', encoding="utf-8")
    done = ran(config, data, *ACTS[2])
    assert "Không có thư mục dữ liệu" in str(done.exception)
    seen_by_server(config, data)
    assert ran(config, data, *ACTS[2]).exit_code == 0
    assert ran(config, data, "backup", str(tmp_path / "sao.tar.gz")).exit_code == 0
    config.write_text(CONFIG, encoding="utf-8")
    done = ran(config, data, *ACTS[2])
    assert "Không có kho ở đó" in str(done.exception)
    assert not (data / "bangtin.db").exists()
    restored = ran(config, data, "restore", str(tmp_path / "sao.tar.gz"))
    assert restored.exit_code == 2
    assert "của PostgreSQL" in restored.output
    assert "BANGTIN_STORE__URL" in restored.output
    postgres.drop("noi_khac")


@pytest.mark.postgres
def test_an_empty_database_of_postgresql_is_no_store(config: Path, tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.create("trong_rong")
    config.write_text(f'{CONFIG}[store]\nurl = "{url}"\n', encoding="utf-8")
    (tmp_path / "data").mkdir()
    done = ran(config, tmp_path / "data", *ACTS[2])
    assert "Cơ sở dữ liệu còn trống" in str(done.exception)
    assert "kho: postgresql+psycopg://" in str(done.exception)
    postgres.drop("trong_rong")
