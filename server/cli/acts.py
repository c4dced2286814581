"""The desk's acts from a shell: announce, urgent, clear; same rules, same audit, the actor is the OS user."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from server.cli.context import Context, actor, fail, say
from server.cli.times import wall_time
from server.core.areas import AreaTree
from server.core.four_eyes import SecondNeeded
from server.core.model import Announcement, Board, Notice, Window
from server.core.workflow import NotPossible
from server.live.programme import notices_for, read_holdings, without_room
from server.live.told import told
from server.slides.render import Renderer
from server.store import announcements, boards, notice_acts, notices, people
from server.store.engine import Database
from server.store.errors import StoreRefusal

FOUR_EYES = 3
MOST_ACTS = 3


def announce(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Dòng đầu là tiêu đề, phần sau là nội dung")],
    board: Annotated[list[str] | None, typer.Option(help="Bảng tin nhận thông báo (nhiều lần được)")] = None,
    area: Annotated[str, typer.Option(help="Hoặc: mọi bảng tin của đơn vị này và cấp dưới")] = "",
    title: Annotated[str, typer.Option(help="Tiêu đề, nếu TEXT chỉ là nội dung")] = "",
    start: Annotated[str, typer.Option("--from", help="Từ lúc nào (mặc định: ngay)")] = "",
    until: Annotated[str, typer.Option(help="Đến lúc nào (mặc định: không hạn)")] = "",
    table: Annotated[Path | None, typer.Option(help="Tệp CSV, dòng đầu là tên cột")] = None,
    link: Annotated[str, typer.Option(help="Địa chỉ cho mã QR")] = "",
    longest_gap: Annotated[int, typer.Option(help="Niêm yết: chiếu lại sau nhiều nhất bấy nhiêu phút")] = 0,
) -> None:
    """Đăng một thông báo lên bảng tin."""
    given: Context = context.obj
    with given.store() as (config, db, tree):
        now = given.clock()
        window = _window(start, until, now, config.timezone)
        targets = _announcement_targets(db, tree, board or [], area)
        head, body = (title, text) if title else _split(text)
        rows = _rows(table) if table else ()
        wanted = [
            Announcement(
                id=0,
                area=target_area,
                title=head,
                text=body,
                windows=(window,),
                created=now,
                created_by=actor(),
                boards=named,
                link=link,
                table=rows,
                longest_gap=timedelta(minutes=longest_gap) if longest_gap else None,
            )
            for target_area, named in targets
        ]
        if longest_gap:
            _check_gaps(db, wanted, now)
        for one in wanted:
            posted = announcements.post(db, one, actor=actor())
            everywhere = f"mọi bảng tin của {tree.get(one.area).name} và cấp dưới"
            say(f"Đã đăng thông báo số {posted.id}: {', '.join(one.boards) or everywhere}")


def _check_gaps(db: Database, wanted: list[Announcement], now: datetime) -> None:
    """Refuses a longest gap that some board cannot keep, before anything is posted, and names what it could."""
    held = read_holdings(db, now)
    for one in wanted:
        for found in without_room(Renderer(), held, one):
            minutes = -(-found.smallest // 60_000)
            kept = f" và phải giữ nhịp của: {'; '.join(found.broken)}" if found.broken else ""
            fail(
                f"Bảng tin {found.board.slug} không chiếu lại kịp: --longest-gap nhỏ nhất ở đó là "
                f"{minutes} phút{kept}. Chưa đăng gì."
            )


def _split(text: str) -> tuple[str, str]:
    head, _, body = text.strip().partition("\n")
    return head.strip(), body.strip()


def _window(start: str, until: str, now: datetime, zone: str) -> Window:
    try:
        begins = wall_time(start, now, zone) if start else now
        ends = wall_time(until, now, zone) if until else None
    except ValueError as error:
        fail(str(error))
    if ends is not None and ends <= max(begins, now):
        fail("Thời hạn --until phải ở sau lúc bắt đầu và sau bây giờ.")
    return Window(begins, ends)


def _rows(path: Path) -> tuple[tuple[str, ...], ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = tuple(tuple(cell.strip() for cell in row) for row in csv.reader(file) if any(row))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"Không đọc được bảng {path}: {error}")
    if len(rows) < 2:
        fail(f"Bảng {path} cần một dòng tên cột và ít nhất một dòng nội dung.")
    return rows


def _announcement_targets(
    db: Database, tree: AreaTree, named: list[str], area: str
) -> list[tuple[str, tuple[str, ...]]]:
    """Area and named boards of each announcement to post: boards of several areas need one each."""
    if bool(named) == bool(area):
        fail("Hãy nêu nơi nhận: --board BẢNG hoặc --area ĐƠN-VỊ (một trong hai).")
    if area:
        _known_areas(tree, [area])
        return [(area, ())]
    known = {one.slug: one for one in boards.all(db)}
    missing = [slug for slug in named if slug not in known]
    if missing:
        fail(f"Không có bảng tin {', '.join(missing)}. Có: {', '.join(known)}.")
    areas = dict.fromkeys(known[slug].area for slug in named)
    return [(one, tuple(slug for slug in named if known[slug].area == one)) for one in areas]


def _known_areas(tree: AreaTree, slugs: list[str]) -> None:
    missing = [slug for slug in slugs if slug not in tree]
    if missing:
        fail(f"Không có đơn vị {', '.join(missing)}. Có: {', '.join(tree.slugs())}.")


def urgent(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Dòng đầu là điều phải nói; các dòng sau là việc cần làm (tối đa 3)")],
    area: Annotated[list[str] | None, typer.Option(help="Đơn vị nhận tin, kể cả cấp dưới (nhiều lần được)")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="Mọi bảng tin")] = False,
    minutes: Annotated[int, typer.Option(min=1, max=14 * 24 * 60, help="Hiệu lực bao nhiêu phút")] = 60,
    act: Annotated[list[str] | None, typer.Option(help="Việc cần làm (tối đa 3 lần)")] = None,
    level: Annotated[str, typer.Option(help="urgent (khẩn) hoặc priority (ưu tiên)")] = "urgent",
    danger: Annotated[str, typer.Option(help="Loại thiên tai, sự cố: Bão, Lũ, Dịch bệnh…")] = "",
    risk: Annotated[int, typer.Option(min=0, max=5, help="Cấp rủi ro thiên tai, 0: không nêu")] = 0,
    sender: Annotated[str, typer.Option(help="Ai ban hành (mặc định: tên đơn vị)")] = "",
    exercise: Annotated[bool, typer.Option(help="Diễn tập")] = False,
) -> None:
    """Đưa tin khẩn lên mọi màn hình của các đơn vị, ngay lập tức."""
    given: Context = context.obj
    if level not in ("urgent", "priority"):
        fail("--level chỉ nhận urgent hoặc priority.")
    kind: Literal["urgent", "priority"] = "urgent" if level == "urgent" else "priority"
    head, body = _split(text)
    acts = [*(line.strip() for line in body.splitlines() if line.strip()), *(act or [])]
    if not head:
        fail("Tin khẩn chưa có nội dung.")
    if len(acts) > MOST_ACTS:
        fail(f"Tin khẩn nêu tối đa {MOST_ACTS} việc cần làm để đọc kịp; đang có {len(acts)}.")
    with given.store() as (config, db, tree):
        targets = _notice_targets(tree, area or [], everywhere)
        now, four_eyes = given.clock(), config.notices.four_eyes
        wanted = Notice(
            id=0,
            level=kind,
            headline=head,
            areas=tuple(targets),
            issued=now,
            until=now + timedelta(minutes=minutes),
            acts=tuple(acts),
            danger=danger,
            risk=risk,
            sender=sender or tree.get(targets[0]).name,
            exercise=exercise,
            state="drafted" if four_eyes else "live",
            created_by=actor(),
            signed_by=actor() if four_eyes else "",
            signed_at=now if four_eyes else None,
        )
        reached = [one for one in boards.all(db) if notices_for(one, tree, [wanted])]
        if not reached:
            fail("Không có bảng tin nào ở các đơn vị đã nêu: tin không được gửi.")
        tell = told("signed", wanted, actor(), people.all(db), tree) if four_eyes else ()
        posted = notices.post(db, wanted, actor=actor(), now=now, tell=tell)
        _report(posted, reached, tree)
        if posted.state == "drafted":
            raise typer.Exit(FOUR_EYES)


def _notice_targets(tree: AreaTree, areas: list[str], everywhere: bool) -> list[str]:
    if bool(areas) == everywhere:
        fail("Hãy nêu nơi nhận tin khẩn: --area ĐƠN-VỊ, hoặc --all cho mọi bảng tin.")
    if everywhere:
        return list(tree.roots())
    _known_areas(tree, areas)
    return list(dict.fromkeys(areas))


def _report(posted: Notice, reached: list[Board], tree: AreaTree) -> None:
    where = f"{len(reached)} bảng tin ở {len({one.area for one in reached})} đơn vị"
    names = ", ".join(tree.get(slug).name for slug in posted.areas)
    if posted.state == "drafted":
        say(
            f"Tin khẩn số {posted.id} là bản nháp, chờ người thứ hai xác nhận: {where} ({names}); "
            f"xác nhận bằng: run.py confirm {posted.id}"
        )
    else:
        say(f"Tin khẩn số {posted.id} đã lưu, đang đến {where} ({names}); gỡ bằng: run.py clear {posted.id}")


def confirm(
    context: typer.Context,
    id: Annotated[int, typer.Argument(help="Số của bản nháp")],
    break_glass: Annotated[bool, typer.Option(help="Chỉ có một mình: phát sau 30 giây, có ghi nhật ký")] = False,
) -> None:
    """Người thứ hai xác nhận một tin khẩn đang chờ; tin lên mọi màn hình ngay."""
    given: Context = context.obj
    with given.store() as (config, db, tree):
        eyes, now = config.notices.four_eyes, given.clock()
        try:
            alone = told("broken", notices.get(db, id), actor(), people.all(db), tree)
            sent = notice_acts.send(
                db, id, actor=actor(), now=now, four_eyes=eyes, break_glass=break_glass, tell_if_alone=alone
            )
        except SecondNeeded as refused:
            fail(f"Chưa phát tin khẩn số {id}: {refused}", FOUR_EYES)
        except (StoreRefusal, NotPossible, ValueError) as error:
            fail(f"Không phát được tin khẩn số {id}: {error}", 1)
        _report(sent, [one for one in boards.all(db) if notices_for(one, tree, [sent])], tree)


def clear(context: typer.Context, id: Annotated[int, typer.Argument(help="Số của tin khẩn")]) -> None:
    """Gỡ một tin khẩn khỏi mọi màn hình."""
    given: Context = context.obj
    with given.store() as (_, db, _tree):
        try:
            cleared = notices.clear(db, id, actor=actor(), now=given.clock())
        except StoreRefusal as error:
            fail(f"Không gỡ được tin khẩn số {id}: {error}", 1)
        say(f"Đã gỡ tin khẩn số {cleared.id}: {cleared.headline}")
