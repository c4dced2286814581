"""The command doctor, listed in cli.commands: checks database, audit log, people and secret keys; changes nothing."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import typer

from server.cli.context import Context, say
from server.cli.stores import reading_store
from server.store.audit import chain
from server.store.database import damaged_rows, integrity
from server.store.database.engine import Database
from server.store.people import people


def doctor(context: typer.Context) -> None:
    """Khám hệ thống: cơ sở dữ liệu, dấu niêm nhật ký, khóa bí mật. Không sửa gì."""
    given: Context = context.obj
    with reading_store(given) as (_, db, _tree):
        found = [*_store(db), *_audit(db), *_people(db), *_secrets(given.data)]
    for good, words in found:
        say(f"{'tốt ' if good else 'HỎNG'}  {words}")
    if not all(good for good, _ in found):
        raise typer.Exit(1)


def _store(db: Database) -> Iterator[tuple[bool, str]]:
    problems = integrity.problems(db)
    for one in problems:
        yield False, one
    if not problems:
        yield True, "Cơ sở dữ liệu nguyên vẹn"
    with db.read() as conn:
        damaged = tuple(damaged_rows.everywhere(conn))
    for row in damaged:
        named = f" «{row.title}»" if row.title else ""
        yield False, f"Bảng {row.table}, mục {row.key}{named} bị bỏ qua: không đọc được {', '.join(row.columns)}"


def _audit(db: Database) -> Iterator[tuple[bool, str]]:
    broken, (number, upto) = chain.broken(db), chain.extent(db)
    for one in broken:
        yield False, one
    if not broken:
        yield True, f"Nhật ký: {number} dấu niêm đều khớp, đến dòng {upto}"


def _people(db: Database) -> Iterator[tuple[bool, str]]:
    keepers = [one for one in people.all(db) if one.active and any(held.role == "keeper" for held in one.grants)]
    if not people.anybody(db):
        yield True, "Chưa có người dùng nào; liên kết đầu tiên: run.py user link"
    elif not keepers:
        yield False, "Không còn người quản trị nào đang dùng: run.py user grant TÊN --role keeper --area ĐƠN-VỊ"
    elif len(keepers) == 1:
        yield True, "Chỉ có một người quản trị; nên có hai để đặt lại lối vào cho nhau"
    else:
        yield True, f"{len(keepers)} người quản trị"


def _secrets(data: Path) -> Iterator[tuple[bool, str]]:
    open_keys = [path for path in sorted((data / "keys").glob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in open_keys:
        yield False, f"{path} người khác đọc được (chmod 600 {path})"
    if not open_keys:
        yield True, "Khóa bí mật chỉ chủ đọc được"
