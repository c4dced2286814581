"""Commands about screens and boards, such as pair, list, revoke, handover, mode and panic; listed in cli.commands.

They apply the same rules as the desk and write the same audit records.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, get_args
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from server.cli.context import Context, actor, fail, say
from server.cli.stores import acting_store, is_read, reading_store
from server.cli.times import wall_time
from server.core.model import Mode
from server.core.screens.screens import CommandName, Link, Screen
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.screens import pairing, receipts, screens

app = typer.Typer(help="Màn hình: ghép, thu hồi, thay, gọi tên, tải lại…", no_args_is_help=True, add_completion=False)

Id = Annotated[int, typer.Argument(help="Số của màn hình (run.py screen list)")]
_COMMANDS = tuple(name for name in get_args(CommandName) if name not in ("handover", "takeback"))


@contextmanager
def _opened(context: typer.Context, *, reads: bool = False) -> Iterator[tuple[Database, str, datetime]]:
    """Opens the store; yields (store, time zone of the configuration, the time now).

    If the store refuses a change, ends the command with the reason and exit code 1. ``reads`` is for commands that
    change nothing.
    """
    given: Context = context.obj
    with reading_store(given) if reads else acting_store(given) as (config, db, _tree):
        try:
            yield db, config.timezone, given.clock()
        except (StoreRefusal, ValueError) as error:
            fail(str(error), 1)


@app.command()
def pair(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Tám chữ trên màn hình")],
    board: Annotated[str, typer.Option(help="Bảng tin mà màn hình sẽ chiếu")],
    name: Annotated[str, typer.Option(help="Tên màn hình, ví dụ: Sảnh tầng 1")] = "",
    phone: Annotated[str, typer.Option(help="Gọi ai khi màn hình không trả lời")] = "",
) -> None:
    """Ghép thiết bị đang hiện mã vào một bảng tin."""
    with _opened(context) as (db, _zone, now):
        made = pairing.claim(db, code, board, actor=actor(), now=now, name=name, phone=phone)
        say(f"Đã ghép màn hình số {made.id} ({made.name}) vào bảng tin {made.board}")


@app.command()
def replace(
    context: typer.Context, id: Id, code: Annotated[str, typer.Argument(help="Tám chữ trên thiết bị mới")]
) -> None:
    """Thay một màn hình hỏng bằng thiết bị mới; tên, chỗ và lịch sử được giữ."""
    with _opened(context) as (db, _zone, now):
        made = pairing.claim(db, code, "", actor=actor(), now=now, replaces=id)
        say(f"Màn hình số {id} được thay bằng số {made.id} ({made.name}) ở bảng tin {made.board}")


@app.command("list")
def list_(context: typer.Context, board: Annotated[str, typer.Option(help="Chỉ của bảng tin này")] = "") -> None:
    """Mọi màn hình đang dùng."""
    with _opened(context, reads=True) as (db, zone, now):
        table = Table("Số", "Màn hình", "Bảng tin", "Liên lạc", "Điện thoại")
        links = receipts.links(db)
        for one in screens.all(db, [board] if board else None):
            table.add_row(str(one.id), one.name, one.board, _link_text(one, links.get(one.id), now, zone), one.phone)
        Console().print(table)


def _link_text(screen: Screen, link: Link | None, now: datetime, zone: str) -> str:
    if screen.key_hash is None:
        return "chờ thiết bị nhận khóa"
    if link is None:
        return "chưa kết nối lần nào"
    since = link.seen.astimezone(ZoneInfo(zone))
    return "đang kết nối" if link.live(now) else f"mất liên lạc từ {since:%H:%M %d/%m}"


@app.command()
def revoke(context: typer.Context, id: Id) -> None:
    """Thu hồi khóa: màn hình bị ngắt ngay và không vào lại được."""
    with _opened(context) as (db, _zone, now):
        gone = screens.revoke(db, id, actor=actor(), now=now)
        say(f"Đã thu hồi màn hình số {gone.id} ({gone.name})")


@app.command()
def move(context: typer.Context, id: Id, board: Annotated[str, typer.Option(help="Bảng tin mới")]) -> None:
    """Chuyển một màn hình sang bảng tin khác."""
    with _opened(context) as (db, _zone, now):
        moved = screens.move(db, id, board, actor=actor(), now=now)
        say(f"Màn hình số {moved.id} ({moved.name}) nay chiếu bảng tin {moved.board}")


@app.command()
def command(
    context: typer.Context,
    id: Id,
    name: Annotated[str, typer.Argument(help=", ".join(_COMMANDS))],
    minutes: Annotated[int, typer.Option(min=1, max=1440, help="Sau bấy nhiêu phút thì thôi")] = 5,
) -> None:
    """Yêu cầu một màn hình: reload (tải lại), identify (hiện tên), screenshot (chụp), test (thử lặng)."""
    wanted = next((one for one in _COMMANDS if one == name), None)
    if wanted is None:
        fail(f"Không có yêu cầu {name!r}. Có: {', '.join(_COMMANDS)}.")
    with _opened(context) as (db, _zone, now):
        asked = screens.send(db, [id], wanted, until=now + timedelta(minutes=minutes), actor=actor(), now=now)
        say(f"Đã gửi yêu cầu số {asked[0].id}: {name}, có hiệu lực {minutes} phút")


@app.command()
def handover(
    context: typer.Context,
    id: Id,
    until: Annotated[str, typer.Option(help="Đến lúc nào, ví dụ 16:30")] = "",
    back: Annotated[bool, typer.Option(help="Lấy lại ngay")] = False,
) -> None:
    """Nhường màn hình cho cuộc họp, hoặc lấy lại."""
    if bool(until) == back:
        fail("Hãy nêu --until GIỜ, hoặc --back.")
    with _opened(context) as (db, zone, now):
        end = None if back else wall_time(until, now, zone)
        if end is not None and end <= now:
            fail("Giờ trả màn hình phải ở sau bây giờ.")
        screens.hand_over(db, id, end, actor=actor(), now=now)
        say(f"Màn hình số {id}: {'đã lấy lại' if end is None else f'nhường đến {end:%H:%M %d/%m}'}")


@app.command()
def mode(
    context: typer.Context,
    board: Annotated[str, typer.Argument(help="Bảng tin")],
    mode: Annotated[str, typer.Argument(help="on (bật), dark (tối), safe (trang an toàn)")],
) -> None:
    """Bật, làm tối, hoặc đưa một bảng tin về trang an toàn."""
    modes: tuple[Mode, ...] = get_args(Mode)
    wanted = next((known for known in modes if known == mode), None)
    if wanted is None:
        fail("Chế độ chỉ nhận on, dark hoặc safe.")
    with _opened(context) as (db, _zone, now):
        changed = boards.set_mode(db, board, wanted, actor=actor(), now=now)
        say(f"Bảng tin {changed.slug}: {changed.mode}")


@app.command()
def panic(
    context: typer.Context,
    area: Annotated[str, typer.Argument(help="Đơn vị; mọi bảng tin của đơn vị và cấp dưới")],
    end: Annotated[bool, typer.Option(help="Kết thúc, trở lại chương trình")] = False,
) -> None:
    """Nút an toàn: mọi bảng tin của một đơn vị về trang an toàn, cho đến khi kết thúc."""
    with _opened(context) as (db, _zone, now):
        if end:
            panics.end(db, area, actor=actor(), now=now)
            say(f"Đơn vị {area}: đã trở lại chương trình")
        else:
            panics.begin(db, area, actor=actor(), now=now)
            done = "mọi bảng tin đang ở trang an toàn" if is_read(context.obj, db) else "đã ghi lệnh về trang an toàn"
            say(f"Đơn vị {area}: {done}; kết thúc bằng: run.py screen panic {area} --end")
