"""Commands about announcements: announce and withdraw; listed in cli.commands.

They apply the same rules as the desk and write the same audit records; the actor is the user of the operating system.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, get_args
from zoneinfo import ZoneInfo

import typer

from feeds.errors import ParseError
from server.cli.context import Context, actor, fail, say
from server.cli.notices import FOUR_EYES, known_areas, split
from server.cli.safe_boards import divide_safe, slugs
from server.cli.stores import acting_store
from server.cli.times import wall_time
from server.content.gap_promise import infeasible_gaps
from server.content.store_snapshot import read_snapshot
from server.core.announcements import recurrence
from server.core.announcements.table_text import Rows
from server.core.areas import AreaTree
from server.core.model import (
    Announcement,
    AnnouncementKind,
    AnnouncementState,
    Attachment,
    Board,
    Contact,
    Original,
    Recurrence,
    Window,
)
from server.core.showing import Showing, obstacles, showing
from server.media.importer import ImportedFile, file_sandbox, import_file
from server.setup.config import Config
from server.slides.render import Renderer
from server.store.announcements import announcements, listings
from server.store.announcements.announcements import Rules
from server.store.boards import boards
from server.store.database.decoding import UnreadableRow
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.media import library
from server.worker.imported_files import keep_original, library_file

_DAYS = {name: number for number, name in enumerate(("T2", "T3", "T4", "T5", "T6", "T7", "CN"))}


def announce(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Dòng đầu là tiêu đề, phần sau là nội dung")],
    board: Annotated[list[str] | None, typer.Option(help="Bảng tin nhận thông báo (nhiều lần được)")] = None,
    area: Annotated[str, typer.Option(help="Hoặc: mọi bảng tin của đơn vị này và cấp dưới")] = "",
    title: Annotated[str, typer.Option(help="Tiêu đề, nếu TEXT chỉ là nội dung")] = "",
    start: Annotated[str, typer.Option("--from", help="Từ lúc nào (mặc định: ngay)")] = "",
    until: Annotated[str, typer.Option(help="Đến lúc nào (mặc định: không hạn)")] = "",
    kind: Annotated[str, typer.Option(help="text, pictures, pdf, table, video, link, contact (mặc định: đoán)")] = "",
    file: Annotated[list[Path] | None, typer.Option(help="Ảnh, PDF, video, XLSX hoặc CSV (nhiều lần được)")] = None,
    table: Annotated[Path | None, typer.Option(help="Tệp CSV, dòng đầu là tên cột")] = None,
    link: Annotated[str, typer.Option(help="Địa chỉ cho mã QR")] = "",
    contact: Annotated[str, typer.Option(help="Thẻ liên hệ: tên; việc; điện thoại; địa chỉ; giờ; thư")] = "",
    hours: Annotated[str, typer.Option(help="Lặp lại: từ giờ nào đến giờ nào, như 07:00-09:00")] = "",
    days: Annotated[str, typer.Option(help="Lặp lại vào: T2,T3,…,CN hoặc 15,30 (mặc định: hằng ngày)")] = "",
    but_holidays: Annotated[bool, typer.Option(help="Lặp lại, nhưng trừ ngày lễ")] = False,
    priority: Annotated[bool, typer.Option(help="Chiếu ngay ở lần chuyển trang kế tiếp")] = False,
    longest_gap: Annotated[int, typer.Option(help="Niêm yết: chiếu lại sau nhiều nhất bấy nhiêu phút")] = 0,
) -> None:
    """Đăng một thông báo lên bảng tin."""
    given: Context = context.obj
    with acting_store(given) as (config, db, tree):
        now = given.clock()
        targets = _targets(db, tree, board or [], area)
        window = _window(start, until, now, config.timezone)
        made, originals = _files(db, given.data, [*(file or []), *([table] if table else [])], targets[0][0], now)
        for note in made.notes:
            say(note)
        head, body = (title, text) if title else split(text)
        card = _contact(contact)
        bounds = window.start if start else None, window.until
        rule = _rule(hours, days, but_holidays, window, config.timezone)
        rule = rule and replace(rule, not_before=bounds[0], not_after=bounds[1])
        wanted = [
            Announcement(
                id=0,
                area=target_area,
                title=head,
                text=body,
                windows=() if rule else (window,),
                created=now,
                created_by=actor(),
                boards=named,
                link=link,
                table=made.table,
                longest_gap=timedelta(minutes=longest_gap) if longest_gap else None,
                state=_state(config),
                kind=_kind(kind, made, card, link=link, text=body),
                attachments=made.attachments,
                contact=card,
                priority=priority,
                recurrence=rule,
                originals=originals,
            )
            for target_area, named in targets
        ]
        rules = Rules(config.announcements.four_eyes, config.announcements.days_off)
        shown = [_check(db, tree, one, now, rules) for one in wanted]
        if longest_gap or listings.any_promise(db, now):
            _check_gaps(db, Renderer(config.server.public_url), wanted, now)
        words = [_showing_words(found, divide_safe(db, tree, found.boards), config.timezone) for found in shown]
        _post(db, tree, wanted, rules, words)


def withdraw(
    context: typer.Context,
    id: Annotated[int, typer.Argument(help="Số của thông báo")],
    reason: Annotated[str, typer.Option(help="Vì sao, cho người đã soạn")] = "",
) -> None:
    """Gỡ một thông báo khỏi mọi bảng tin."""
    given: Context = context.obj
    with acting_store(given) as (_, db, _tree):
        try:
            gone = announcements.withdraw(db, id, actor=actor(), now=given.clock(), reason=reason)
        except UnreadableRow:
            announcements.withdraw_damaged(db, id, actor=actor(), now=given.clock())
            say(f"Đã gỡ thông báo số {id}, có dữ liệu không đọc được")
            return
        except StoreRefusal as error:
            fail(f"Không gỡ được thông báo số {id}: {error}", 1)
        say(f"Đã gỡ thông báo số {gone.id}: {gone.title}")


def _check(db: Database, tree: AreaTree, one: Announcement, now: datetime, rules: Rules) -> Showing:
    """Returns when and on which boards the announcement will be shown.

    If the desk would refuse it, ends the command with the reasons, before anything is posted.
    """
    known = boards.all(db)
    if problems := obstacles(one, known, tree, now, rules.days_off):
        fail(f"Không đăng được: {' '.join(problem.sentence for problem in problems)} Chưa đăng gì.")
    return showing(one, known, tree, now, rules.days_off)


def _showing_words(found: Showing, divided: tuple[list[Board], list[Board]], zone: str) -> str:
    """The Vietnamese text that says when and on which boards the announcement will be shown.

    ``divided`` is (boards that show the safe page now, other boards).
    """

    def wall(at: datetime | None) -> str:
        return f"{at.astimezone(ZoneInfo(zone)):%H:%M %d/%m/%Y}" if at else "khi gỡ"

    safe, others = divided
    dark, lit = [one for one in others if one.mode == "dark"], [one for one in others if one.mode != "dark"]
    words = f"Chiếu từ {wall(found.first)} đến {wall(found.until)}, trên {len(lit)} bảng tin"
    if found.off:
        words += f"; màn hình tắt vào các giờ ấy: {slugs(found.off)}"
    if safe:
        words += f"; hiện không chiếu vì đang ở trang an toàn: {slugs(safe)}"
    if dark:
        words += f"; hiện không chiếu vì bảng đang tắt: {slugs(dark)}"
    return words


def _post(db: Database, tree: AreaTree, wanted: list[Announcement], rules: Rules, shown: list[str]) -> None:
    for one, words in zip(wanted, shown, strict=True):
        try:
            posted = announcements.post(db, one, actor=actor(), rules=rules)
        except (StoreRefusal, ValueError) as error:
            fail(f"Không đăng được: {error}")
        everywhere = f"mọi bảng tin của {tree.get(one.area).name} và cấp dưới"
        done = "Đã đăng" if posted.state == "approved" else "Chờ biên tập viên duyệt:"
        say(f"{done} thông báo số {posted.id}: {', '.join(one.boards) or everywhere}")
        say(words)
    if wanted and wanted[0].state != "approved":
        raise typer.Exit(FOUR_EYES)


def _state(config: Config) -> AnnouncementState:
    """The state of a new announcement: "submitted" if config asks for a second person, else "approved"."""
    return "submitted" if config.announcements.four_eyes else "approved"


def _kind(named: str, made: ImportedFile, card: Contact | None, *, link: str, text: str) -> AnnouncementKind:
    known: tuple[AnnouncementKind, ...] = get_args(AnnouncementKind)
    if named and named not in known:
        fail(f"Không có loại {named!r}. Có: {', '.join(known)}.")
    if named:
        return next(one for one in known if one == named)
    return _guessed_kind(made, card, link=link, text=text)


def _guessed_kind(made: ImportedFile, card: Contact | None, *, link: str, text: str) -> AnnouncementKind:
    if made.table:
        return "table"
    if made.attachments:
        first = made.attachments[0]
        pages = all(one.alt.startswith("Trang ") for one in made.attachments)
        return "video" if first.type.startswith("video/") else "pdf" if pages else "pictures"
    if card is not None:
        return "contact"
    return "link" if link and not text else "text"


def _files(
    db: Database, data: Path, paths: list[Path], area: str, now: datetime
) -> tuple[ImportedFile, tuple[Original, ...]]:
    """Imports each file of ``paths`` into the data folder and the library of uploaded files, as the desk does.

    ``area`` owns the files. Returns the attachments and notes of all files with the last table found in them, and the
    documents that are kept as they are, of tables the last one. Ends the command if a file cannot be read.
    """
    attachments: list[Attachment] = []
    table: Rows = ()
    notes: list[str] = []
    kept: list[tuple[Original, bool]] = []
    folder = data / "media"
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        taken = _taken(path, folder)
        for number, one in enumerate(taken.attachments, start=1):
            name = path.name if len(taken.attachments) == 1 else f"{path.name}, trang {number}"
            library.put(db, library_file(one, folder, name=name, area=area, person=actor(), now=now))
        attachments += taken.attachments
        table = taken.table or table
        if taken.table:
            kept = [(one, is_table) for one, is_table in kept if not is_table]
        if (original := keep_original(db, taken, path.name)) is not None:
            kept.append((original, bool(taken.table)))
        notes += [f"{path.name}: {note}" for note in taken.notes]
    return ImportedFile(tuple(attachments), table, tuple(notes)), tuple(original for original, _ in kept)


def _taken(path: Path, folder: Path) -> ImportedFile:
    try:
        return import_file(path, folder=folder, sandbox=file_sandbox())
    except OSError as error:
        fail(f"Không đọc được tệp {path}: {error.strerror}")
    except ParseError as error:
        fail(f"{path}: {error.message}")


def _contact(text: str) -> Contact | None:
    parts = [part.strip() for part in text.split(";")]
    if len(parts) > 6:
        fail("Thẻ liên hệ có nhiều nhất 6 phần: tên; việc; điện thoại; địa chỉ; giờ; thư.")
    return Contact(*parts) if text.strip() else None


def _rule(hours: str, days: str, but_holidays: bool, window: Window, zone: str) -> Recurrence | None:
    if not hours:
        if days or but_holidays:
            fail("Lặp lại cần --hours, như --hours 07:00-09:00.")
        return None
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in hours.split("-"))
        words = [word.strip().upper() for word in days.split(",") if word.strip()]
        weekdays = [_DAYS[word] for word in words if word in _DAYS]
        rule = recurrence.rule_of(weekdays, [int(word) for word in words if word not in _DAYS])
    except ValueError as error:
        fail(f"Không hiểu cách lặp lại ({error}); hãy viết --hours 07:00-09:00 --days T2,T6 hoặc --days 15,30.")
    return Recurrence(rule, begin, end, _day(window.start, zone), _last(window, zone), but_holidays, zone)


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _last(window: Window, zone: str) -> date | None:
    return None if window.until is None else _day(window.until, zone)


def _window(start: str, until: str, now: datetime, zone: str) -> Window:
    try:
        begins = wall_time(start, now, zone) if start else now
        ends = wall_time(until, now, zone) if until else None
    except ValueError as error:
        fail(str(error))
    if ends is not None and ends <= max(begins, now):
        fail("Thời hạn --until phải ở sau lúc bắt đầu và sau bây giờ.")
    return Window(begins, ends)


def _targets(db: Database, tree: AreaTree, named: list[str], area: str) -> list[tuple[str, tuple[str, ...]]]:
    """Returns (area, slugs of boards) for each announcement to post: one for each area of the boards ``named``.

    If ``area`` is given instead, the slugs are (), which means all boards of the area and of those below it.
    """
    if bool(named) == bool(area):
        fail("Hãy nêu nơi nhận: --board BẢNG hoặc --area ĐƠN-VỊ (một trong hai).")
    if area:
        known_areas(tree, [area])
        return [(area, ())]
    known = {one.slug: one for one in boards.all(db)}
    missing = [slug for slug in named if slug not in known]
    if missing:
        fail(f"Không có bảng tin {', '.join(missing)}. Có: {', '.join(known)}.")
    areas = dict.fromkeys(known[slug].area for slug in named)
    return [(one, tuple(slug for slug in named if known[slug].area == one)) for one in areas]


def _check_gaps(db: Database, renderer: Renderer, wanted: list[Announcement], now: datetime) -> None:
    """Ends the command before anything is posted if a board cannot show an announcement often enough.

    "Often enough" means within the announcement's ``longest_gap``; the message names the smallest possible gap.
    """
    snapshot = read_snapshot(db, now)
    for one in wanted:
        for found in infeasible_gaps(renderer, snapshot, one):
            minutes = -(-found.smallest // 60_000)
            kept = f" và phải giữ nhịp của: {'; '.join(found.broken)}" if found.broken else ""
            fail(
                f"Bảng tin {found.board.slug} không chiếu lại kịp: --longest-gap nhỏ nhất ở đó là "
                f"{minutes} phút{kept}. Chưa đăng gì."
            )
