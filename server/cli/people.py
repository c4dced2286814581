"""Commands about people, such as add, list, grant, revoke, link, suspend and open; listed in cli.commands.

They apply the same rules as the desk and write the same audit records, with the actor os:NAME. No role is required,
because a user with a shell on the machine has access to the data anyway.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from server.cli.context import Context, actor, fail, say
from server.cli.stores import acting_store, new_store, reading_store
from server.core.areas import AreaTree
from server.core.policy import ROLES, Grant, Person
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.people import accounts, one_time_links, people

app = typer.Typer(help="Người dùng: thêm, giao quyền, khóa, mở lối vào…", no_args_is_help=True, add_completion=False)

Name = Annotated[str, typer.Argument(help="Tên đăng nhập")]
RoleText = Annotated[str, typer.Option(help="viewer, operator, editor, keeper")]
AreaText = Annotated[str, typer.Option(help="Đơn vị (và mọi cấp dưới)")]


@contextmanager
def _opened(
    context: typer.Context, *, reads: bool = False, first: bool = False
) -> Iterator[tuple[Config, Database, AreaTree, datetime]]:
    """Opens the store; yields (config, store, areas, the time now).

    If the store refuses a change, ends the command with the reason and exit code 1. ``reads``: the command changes
    nothing. ``first``: the command makes the link for the first keeper (administrator) and may create the store.
    """
    given: Context = context.obj
    opening = reading_store(given) if reads else new_store(given) if first else acting_store(given, for_boards=False)
    with opening as (config, db, tree):
        try:
            yield config, db, tree, given.clock()
        except (StoreRefusal, ValueError) as error:
            fail(str(error), 1)


@app.command()
def add(
    context: typer.Context,
    username: Name,
    name: Annotated[str, typer.Option(help="Họ và tên")],
    email: Annotated[str, typer.Option(help="Thư điện tử")],
    role: RoleText = "",
    area: AreaText = "",
) -> None:
    """Thêm một người và in liên kết để người ấy đặt mật khẩu."""
    with _opened(context) as (config, db, tree, now):
        given = _grant(role, area, tree) if role or area else None
        made = people.add(db, username=username, name=name, email=email, actor=actor(), now=now)
        if given is not None:
            people.grant(db, username, given, by=None, actor=actor(), now=now)
        say(f"Đã thêm {made.name} ({username}). {_invite(db, config, made, 'invite', now)}")


@app.command("list")
def list_(context: typer.Context, area: AreaText = "") -> None:
    """Mọi người và quyền của họ."""
    with _opened(context, reads=True) as (_, db, tree, _now):
        table = Table("Tên đăng nhập", "Họ và tên", "Quyền", "Bước thứ hai", "Tài khoản")
        for one in people.all(db):
            if not area or any(tree.covers(area, held.area) for held in one.grants):
                grants = ", ".join(f"{held.role} {held.area}" for held in one.grants)
                factor = "có" if one.second_factor else "chưa"
                table.add_row(one.username, one.name, grants, factor, "đang dùng" if one.active else "đã khóa")
        Console().print(table)


@app.command()
def grant(context: typer.Context, username: Name, role: RoleText, area: AreaText) -> None:
    """Giao một quyền."""
    with _opened(context) as (_, db, tree, now):
        people.grant(db, username, _grant(role, area, tree), by=None, actor=actor(), now=now)
        say(f"Đã giao {role} ở {area} cho {username}")


@app.command()
def revoke(context: typer.Context, username: Name, role: RoleText, area: AreaText) -> None:
    """Thu lại một quyền."""
    with _opened(context) as (_, db, tree, now):
        people.revoke(db, username, _grant(role, area, tree), by=None, actor=actor(), now=now)
        say(f"Đã thu lại {role} ở {area} của {username}")


@app.command()
def link(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="Của ai; để trống: người quản trị đầu tiên")] = "",
) -> None:
    """In một liên kết dùng một lần: đặt mật khẩu mới, hoặc người quản trị đầu tiên."""
    with _opened(context, first=not username) as (config, db, _, now):
        if username:
            say(_invite(db, config, people.get(db, username), "reset", now))
            return
        if people.anybody(db):
            fail("Đã có người dùng; hãy nêu tên đăng nhập: run.py user link TÊN", 1)
        token = one_time_links.make(db, "first", person=None, by=actor(), now=now, lasts=one_time_links.FIRST_LASTS)
        say(f"Trong 30 phút, một lần: {_address(config)}/desk/welcome/{token}")


@app.command()
def suspend(context: typer.Context, username: Name) -> None:
    """Khóa một tài khoản; mọi phiên đang mở bị kết thúc ngay."""
    with _opened(context) as (_, db, _tree, now):
        people.suspend(db, username, active=False, actor=actor(), now=now)
        say(f"Đã khóa {username}")


@app.command("open")
def open_(context: typer.Context, username: Name) -> None:
    """Mở lại một tài khoản đã khóa."""
    with _opened(context) as (_, db, _tree, now):
        people.suspend(db, username, active=True, actor=actor(), now=now)
        say(f"Đã mở lại {username}")


@app.command()
def forget_factors(context: typer.Context, username: Name) -> None:
    """Bỏ mã và khóa của người mất điện thoại; lần vào sau phải cài lại."""
    with _opened(context) as (_, db, _tree, now):
        accounts.forget_factors(db, username, actor=actor(), now=now)
        say(f"Đã bỏ bước thứ hai của {username}")


def _grant(role: str, area: str, tree: AreaTree) -> Grant:
    if role not in ROLES:
        raise ValueError(f"Không có vai trò {role!r}. Có: {', '.join(ROLES)}")
    if area not in tree:
        raise ValueError(f"Không có đơn vị {area!r}. Có: {', '.join(tree.slugs())}")
    return Grant(role, area)


def _invite(db: Database, config: Config, person: Person, purpose: Literal["invite", "reset"], now: datetime) -> str:
    lasts = one_time_links.INVITE_LASTS if purpose == "invite" else one_time_links.RESET_LASTS
    token = one_time_links.make(db, purpose, person=person.id, by=actor(), now=now, lasts=lasts)
    hours = round(lasts.total_seconds() / 3600)
    return f"Liên kết đặt mật khẩu, dùng một lần trong {hours} giờ: {_address(config)}/desk/welcome/{token}"


def _address(config: Config) -> str:
    return config.server.public_url.rstrip("/") or f"http://localhost:{config.server.port}"
