"""The commands user and doctor: people from a shell by the desk's rules and audit; a broken chain is found."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from server.core.policy import Grant
from server.main import app
from server.store.audit import audit, chain
from server.store.database.engine import Database
from server.store.people import one_time_links, people
from tests.paths import ROOT


class Shell:
    """Runs commands on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str) -> Result:
        given = ["--config", str(ROOT / "config.toml"), "--data", str(self.data)]
        return CliRunner().invoke(app, [*given, *words])

    @property
    def db(self) -> Database:
        return Database.open("sqlite:///bangtin.db", self.data)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


ADD = ("user", "add", "hoa", "--name", "Nguyễn Thị Hoa", "--email", "hoa@example.vn")


def test_a_person_is_added_with_a_role_and_a_link_to_sign_in(shell: Shell) -> None:
    done = shell(*ADD, "--role", "operator", "--area", "xa-minh-tan")
    assert done.exit_code == 0, done.output
    db = shell.db
    person = people.get(db, "hoa")
    assert person.grants == (Grant("operator", "xa-minh-tan"),)
    token = re.search(r"/desk/welcome/(\S+)", done.output)
    assert token is not None
    real_now = audit.all(db)[-1].at
    found = one_time_links.find(db, token[1], real_now)
    assert found is not None
    assert found.person == person.id
    assert {act.actor.partition(":")[0] for act in audit.all(db)} == {"os"}
    db.close()


def test_roles_are_granted_and_revoked(shell: Shell) -> None:
    shell(*ADD)
    assert shell("user", "grant", "hoa", "--role", "editor", "--area", "tinh").exit_code == 0
    assert "editor tinh" in shell("user", "list").output
    assert shell("user", "revoke", "hoa", "--role", "editor", "--area", "tinh").exit_code == 0
    assert "editor tinh" not in shell("user", "list").output


def test_an_unknown_name_is_one_sentence_that_says_what_to_do(shell: Shell) -> None:
    shell(*ADD)
    wrong = [
        (*ADD, "Tên đăng nhập hoa đã có người dùng"),
        ("user", "grant", "hoa", "--role", "king", "--area", "tinh", "Không có vai trò 'king'. Có: viewer"),
        ("user", "grant", "hoa", "--role", "editor", "--area", "xa", "Không có đơn vị 'xa'. Có: tinh"),
        ("user", "suspend", "ai", "Không có người dùng ai"),
        ("user", "link", "Đã có người dùng; hãy nêu tên đăng nhập"),
    ]
    for *words, said in wrong:
        done = shell(*words)
        assert done.exit_code == 1
        assert said in done.output


def test_a_store_without_people_gets_the_first_link(shell: Shell) -> None:
    assert "/desk/welcome/" in shell("user", "link").output


def test_a_suspended_account_is_opened_again(shell: Shell) -> None:
    shell(*ADD)
    shell("user", "suspend", "hoa")
    assert "đã khóa" in shell("user", "list").output
    shell("user", "open", "hoa")
    assert "đang dùng" in shell("user", "list").output


def test_the_doctor_finds_a_changed_audit(shell: Shell) -> None:
    shell(*ADD, "--role", "keeper", "--area", "tinh")
    db = shell.db
    chain.extend(db, audit.all(db)[-1].at + 2 * chain.SETTLED)
    db.close()
    well = shell("doctor")
    assert well.exit_code == 0, well.output
    assert "Cơ sở dữ liệu nguyên vẹn" in well.output
    raw = sqlite3.connect(shell.data / "bangtin.db")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE audit SET actor = 'ai do'")
    raw.commit()
    raw.close()
    ill = shell("doctor")
    assert ill.exit_code == 1
    assert "không khớp dấu niêm" in ill.output
