"""The commands user and doctor: people are managed by the desk's rules and audited; a broken audit chain is found."""

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
from tests.cli.seeded import seen_by_server
from tests.paths import ROOT


class Shell:
    """Runs commands of run.py on the data folder ``data``."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str) -> Result:
        seen_by_server(ROOT / "config.toml", self.data)
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
    assert {act.actor.partition(":")[0] for act in audit.all(db)} == {"os", "config.toml"}
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


def test_the_doctor_says_of_the_keys_either_that_others_can_read_them_or_that_none_can(shell: Shell) -> None:
    shell(*ADD, "--role", "keeper", "--area", "tinh")
    keys = shell.data / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    (keys / "khoa").write_text("x")
    for mode, ill in ((0o600, False), (0o644, True)):
        (keys / "khoa").chmod(mode)
        said = shell("doctor").output
        assert ("người khác đọc được" in said, "chỉ chủ đọc được" in said) == (ill, not ill)


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"--name": ""}, "Họ và tên"), ({"--name": "Hoa\x07"}, "Họ và tên"), ({"--email": "bad"}, "Thư điện tử"),
     ({"--email": "hoa@x"}, "Thư điện tử"), ({"user": "Hoa Nguyễn"}, "Tên đăng nhập")],
)  # fmt: skip
def test_what_the_desk_refuses_is_refused_here_too(shell: Shell, changed: dict[str, str], said: str) -> None:
    values = {"user": "hoa", "--name": "Nguyễn Thị Hoa", "--email": "hoa@example.vn"} | changed
    done = shell("user", "add", values.pop("user"), *(word for pair in values.items() for word in pair))
    assert done.exit_code == 1
    assert said in done.output
    db = shell.db
    assert people.all(db) == ()
    db.close()
