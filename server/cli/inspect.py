"""Commands that change nothing: check (config.toml), read (a source), show (a lap); listed in cli.commands.

cli.cap also uses ``bytes_of``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import url2pathname
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from feeds import Entry, FeedError, Fetched, FetchPolicy, ParseError, Reading, Selectors, fetch
from feeds.download.files import open_file
from feeds.formats.cap.detection import looks_like_cap
from feeds.limits import MAX_BYTES
from feeds.sandbox.isolate import SandboxProcess
from feeds.steps import TrialResult, steps
from server.cli.alerts import print_alerts
from server.cli.certificates import certificate_remarks
from server.cli.context import Context, fail, hint, say
from server.cli.stores import reading_store
from server.cli.times import wall_time
from server.content.board_content import BoardContent, board_content
from server.content.board_timeline import FARTHEST_MS
from server.content.store_snapshot import read_snapshot
from server.core.lap.airing import Airing, Lap, airing_at, walk
from server.core.lap.composition import compose
from server.core.lap.forecast import Reason, forecast, why
from server.core.model import Board
from server.core.notices.glass_turns import covering
from server.core.times import from_ms, to_ms
from server.setup.config import Config
from server.setup.config_file import ConfigError
from server.setup.config_remarks import remarks
from server.slides.render import Renderer
from server.store.boards import laps
from server.store.database.errors import StoreRefusal

_WORDS = {
    "on": "đang chiếu, đến {at}",
    "coming": "tới lượt lúc {at}",
    "next laps": "chờ các vòng sau (phần dành cho cấp trên đã đủ)",
    "not yet": "chưa đến giờ, mở lúc {at}",
    "over": "đã hết hạn lúc {at}",
    "too short": "khoảng thời gian quá ngắn để chiếu trọn",
}
_NO_LAP = {
    "safe": "Bảng tin đang ở trang an toàn: chỉ hiện tên, không chiếu vòng dưới đây.",
    "dark": "Bảng tin đang tắt: chỉ hiện tin khẩn, không chiếu vòng dưới đây.",
}


def check(context: typer.Context) -> None:
    """Kiểm tra config.toml: nêu mọi chỗ sai, kèm đường dẫn."""
    given: Context = context.obj
    found = given.config()
    say(
        f"{given.config_path}: tốt. {len(found.areas)} đơn vị, {len(found.sources)} nguồn tin, "
        f"{len(found.boards)} bảng tin."
    )
    for line in remarks(found):
        say(line)
    for line in certificate_remarks(found, given.config_path.resolve().parent, given.data, given.clock()):
        say(line)
    _check_key(found, given.data)


def _check_key(config: Config, data: Path) -> None:
    """Prints why alerts will not be signed, if a key is configured that cannot be used."""
    if config.alerts.signing_key:
        # Imported here because no other command needs the libraries of signatures.
        from server.worker.publication.signature import KeyUnusable, load

        try:
            load(data / config.alerts.signing_key, data / config.alerts.certificate)
        except KeyUnusable as error:
            say(f"alerts.signing_key: {error} Cảnh báo sẽ phát hành không có chữ ký.")


def read(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Địa chỉ http(s) hoặc tệp")],
    zone: Annotated[str, typer.Option(help="Múi giờ của nguồn tin")] = "",
    show_steps: Annotated[bool, typer.Option("--steps", help="Kể từng bước: thời gian, số byte, lỗi")] = False,
) -> None:
    """Đọc một nguồn tin qua toàn bộ các bước; in mỗi mục (hoặc mỗi cảnh báo CAP) một dòng JSON."""
    given: Context = context.obj
    try:
        config = given.config()
        allowed, own_zone = config.fetch.allow_private, config.timezone
    except ConfigError:
        allowed, own_zone = (), "Asia/Ho_Chi_Minh"
    try:
        ZoneInfo(zone or own_zone)
    except (KeyError, ValueError) as error:
        fail(f"Không có múi giờ {zone!r} ({error}).", 1)
    policy = FetchPolicy(allow_private=allowed)
    if show_steps:
        _print_steps(address, zone or own_zone, given.clock(), policy)
        return
    try:
        got = bytes_of(address, policy)
        if looks_like_cap(got.body):
            print_alerts(got, zone or own_zone, lambda link: bytes_of(link, policy))
            return
        reading = _reading(got, zone or own_zone, given.clock())
    except FeedError as error:
        fail(f"{address}: {error.message}", 1)
    for entry in reading.entries:
        say(json.dumps(_line(entry), ensure_ascii=False))
    if not reading.entries:
        fail(f"{address}: nguồn tin không có mục nào.", 1)


def _reading(got: Fetched, zone: str, now: datetime) -> Reading:
    """Reads the feed in ``got``; if it is a web page, reads the most likely list of news on it.

    For a web page, prints the feeds that it links to and the proposed selectors on stderr. Raises FeedError.
    """
    at, kind = got.url, got.content_type
    try:
        return SandboxProcess().read(got.body, address=at, content_type=kind, zone=zone, now=now)
    except ParseError as error:
        if error.code != "html-page":
            raise
        survey = SandboxProcess().survey(got.body, address=at, content_type=kind, zone=zone, now=now)
        for link in survey.feeds:
            hint(f"Trang này có nguồn tin: {link.address}" + (f" ({link.title})" if link.title else ""))
        if not survey.lists:
            raise
        hint('Đây là trang danh sách (kind = "page"); bộ chọn đề xuất cho config.toml:')
        hint(page_table(survey.lists[0].selectors or Selectors()))
        return survey.lists[0]


def _print_steps(address: str, zone: str, now: datetime, policy: FetchPolicy) -> None:
    """Reads a source and prints a line after each step; ends the command with exit code 1 if there are no entries."""
    complete = False
    for step in steps(address, zone=zone, now=now, policy=policy):
        if isinstance(step, TrialResult):
            complete = bool(step.reading.entries)
        else:
            size = f"{step.bytes:>9,} byte" if step.bytes else " " * 14
            remark = f"  {step.message}" if step.message else ""
            say(f"{'✓' if step.ok else '✗'} {step.label:<16} {step.seconds * 1000:>7.0f} ms {size}{remark}")
    if not complete:
        raise typer.Exit(1)


def bytes_of(address: str, policy: FetchPolicy) -> Fetched:
    """Fetches what a URL, a ``file:`` address or a path names. Raises FetchError."""
    if address.startswith("file://"):
        address = url2pathname(urlsplit(address).path)
    if "://" in address:
        return fetch(address, policy)
    return Fetched.of_file(address, open_file(Path(address), MAX_BYTES))


def page_table(selectors: Selectors) -> str:
    """The selectors as a line for config.toml, such as ``page = { item = "…", … }``."""
    chosen = {name: value for name, value in asdict(selectors).items() if value}
    return (
        "page = { " + ", ".join(f"{name} = {json.dumps(v, ensure_ascii=False)}" for name, v in chosen.items()) + " }"
    )


def _line(entry: Entry) -> dict[str, object]:
    raw = asdict(entry)
    names = ("id", "title", "summary", "link", "published", "image", "language", "notes")
    line = {name: raw[name] for name in names}
    return line | {"published": entry.published.isoformat() if entry.published else None}


def show(
    context: typer.Context,
    board: Annotated[str, typer.Argument(help="Tên ngắn của bảng tin")],
    at: Annotated[str, typer.Option(help="Lúc nào: 14:30, 22/11/2026 14:30 (mặc định: bây giờ)")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="In JSON cho máy đọc")] = False,
) -> None:
    """Vòng chiếu của một bảng tin ở một thời điểm, kèm lý do của từng mục."""
    given: Context = context.obj
    with reading_store(given) as (config, db, _tree):
        now = given.clock()
        snapshot = read_snapshot(db, now)
        found = next((one for one in snapshot.boards if one.slug == board), None)
        if found is None:
            fail(f"Không có bảng tin {board!r}. Có: {', '.join(one.slug for one in snapshot.boards)}.")
        try:
            instant = to_ms(wall_time(at, now, found.zone)) if at else to_ms(now)
        except ValueError as error:
            fail(str(error))
        if instant - to_ms(now) > FARTHEST_MS:
            fail("Chỉ tính trước được 10 ngày.")
        made = board_content(Renderer(config.server.public_url), snapshot, found)
        try:
            stored = laps.load(db, board)
        except StoreRefusal:
            stored = None
        if stored:
            lap = Lap.loads(stored.body)
        else:
            lap = compose(found, made.items, None, min(instant, to_ms(now)), filler=made.filler.hash)
        if instant < lap.start:
            fail("Thời điểm này ở trước vòng chiếu hiện tại.")
        lap = forecast(found, made.items, lap, instant)
        if as_json:
            say(json.dumps({"mode": found.mode, **_as_json(lap, instant)}, ensure_ascii=False))
        else:
            _print(found, made, lap, instant)


def _as_json(lap: Lap, instant: int) -> dict[str, object]:
    airings = [a for a in walk(lap, instant + sum(s.dwell for s in lap.slots), since=instant) if a.until != a.start]
    coming = [a for a in airings if a.until is None or a.until > instant]
    return {
        "number": lap.number,
        "start": lap.start,
        "at": instant,
        "slides": [
            {
                "hash": lap.filler if a.index is None else lap.slots[a.index].hash,
                "title": "" if a.index is None else lap.slots[a.index].title,
                "start": a.start,
                "until": a.until,
            }
            for a in coming
        ],
    }


def _print(board: Board, made: BoardContent, lap: Lap, instant: int) -> None:
    zone = ZoneInfo(board.zone)

    def clock(ms: int | None) -> str:
        return "" if ms is None else f"{from_ms(ms).astimezone(zone):%H:%M:%S %d/%m}"

    airing = airing_at(lap, instant)
    console = Console()
    console.print(f"[bold]{board.name}[/bold], vòng {lap.number}, lúc {clock(instant)}")
    if board.mode in _NO_LAP:
        console.print(f"[bold]{_NO_LAP[board.mode]}[/bold]")
    if board.mode != "safe" and (notice := covering(made.notices, lap, instant)) is not None:
        console.print(f"[bold]Tin khẩn đang phủ toàn màn hình:[/bold] {escape(notice.headline)}")
    table = Table("", "Lúc", "Giây", "Tin", "Nguồn", "Mã")
    for one in _coming_round(lap, instant):
        slot = lap.slots[one.index or 0]
        mark = "▶" if airing and one.start == airing.start else ""
        title = slot.title + (f" ({slot.page + 1})" if slot.page else "")
        table.add_row(mark, clock(one.start), f"{slot.dwell / 1000:g}", title, slot.source, slot.hash)
    console.print(table)
    reasons = Table("Mục", "Tin", "Vì sao")
    for reason in why(made.items, lap, instant):
        reasons.add_row(reason.key, reason.title, _reason_text(reason, clock(reason.at)))
    console.print(reasons)


def _reason_text(reason: Reason, at: str) -> str:
    return _WORDS[reason.word].format(at=at)


def _coming_round(lap: Lap, instant: int) -> list[Airing]:
    span = sum(slot.dwell for slot in lap.slots)
    coming = walk(lap, instant + span - 1, since=instant)
    return [a for a in coming if a.index is not None and (a.until is None or a.until > instant)][: len(lap.slots)]
