"""Makes the tables of reports for the source information system; called by desk.api and desk.records.

The tables go into CSV and XLSX files, in the language of the reader. Cells are texts, numbers and times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from flask_babel import format_decimal, gettext, lazy_gettext

from server.core.source_system.report_data import seconds
from server.core.source_system.reports import Airtime, BoardLine, OwnerLine, PlayLine
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.owner_names import OWNER_NAMES
from server.desk.web.xlsx_export import xlsx_response

PRIORITY_NAMES: Mapping[str, object] = {
    "normal": lazy_gettext("Thông thường"),
    "priority": lazy_gettext("Ưu tiên"),
    "urgent": lazy_gettext("Khẩn cấp"),
}
STATE_NAMES: Mapping[str, object] = {
    "live": lazy_gettext("Đang hoạt động"),
    "partly": lazy_gettext("Có màn hình mất liên lạc"),
    "dark": lazy_gettext("Mất liên lạc"),
    "none": lazy_gettext("Chưa có màn hình"),
}


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with the name of its file, without extension; ``head`` are the names of the columns."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]

    def response(self, kind: str) -> Response:
        """Returns the table as a file to download; ``kind`` is "csv" or "xlsx"."""
        if kind == "csv":
            return csv_response(self.head, [[_text(cell) for cell in row] for row in self.rows], f"{self.name}.csv")
        return xlsx_response(self.head, self.rows, f"{self.name}.xlsx", desk.now())


def boards_table(lines: Iterable[BoardLine]) -> ReportTable:
    """Returns the inventory."""
    head = [
        gettext("Bảng tin"), gettext("Mã"), gettext("Đơn vị"), gettext("Chủ sở hữu"), gettext("Tên doanh nghiệp"),
        gettext("Tỷ lệ tuyên truyền đã thỏa thuận (%)"), gettext("Đường chéo (inch)"), gettext("Vĩ độ"),
        gettext("Kinh độ"), gettext("Số màn hình"), gettext("Đang liên lạc"), gettext("Tình trạng"),
        gettext("Mất liên lạc từ"),
    ]  # fmt: skip
    rows = [
        [
            line.board.name, line.board.slug, line.area, str(OWNER_NAMES[line.board.owner]), line.board.owner_name,
            percent(line.board.agreed_share), line.board.diagonal, line.point.lat if line.point else None,
            line.point.lon if line.point else None, line.screens, line.live, str(STATE_NAMES[line.state]),
            line.dark_since,
        ]
        for line in lines
    ]  # fmt: skip
    return ReportTable(gettext("bang-tin"), head, rows)


def plays_table(name: str, lines: Iterable[PlayLine]) -> ReportTable:
    """Returns the play report of a board; ``name`` ends the name of the file."""
    head = [
        gettext("Tin"), gettext("Mã mục"), gettext("Số bản tin nguồn"), gettext("Mức ưu tiên"), gettext("Quảng cáo"),
        gettext("Số lần"), gettext("Số ngày"), gettext("Lần đầu"), gettext("Lần cuối"), gettext("Thời lượng (giây)"),
    ]  # fmt: skip
    rows = [
        [
            line.title, line.item, line.bulletin, str(PRIORITY_NAMES[line.priority]),
            gettext("có") if line.advert else "", line.count, line.days, line.first, line.last,
            seconds(line.milliseconds),
        ]
        for line in lines
    ]  # fmt: skip
    return ReportTable("-".join((gettext("luot-chieu"), name)), head, rows)


def airtime_table(month: str, lines: Iterable[OwnerLine]) -> ReportTable:
    """Returns the airtime statement of a month: a row for each class of owners, then one for each of its boards."""
    head = [
        gettext("Chủ sở hữu"), gettext("Bảng tin"), gettext("Tên doanh nghiệp"), gettext("Số lần"),
        gettext("Thời lượng (giây)"), gettext("Tuyên truyền (giây)"), gettext("Quảng cáo (giây)"),
        gettext("Tỷ lệ tuyên truyền (%)"), gettext("Tỷ lệ đã thỏa thuận (%)"), gettext("Thông thường: số lần"),
        gettext("Thông thường: giây"), gettext("Ưu tiên: số lần"), gettext("Ưu tiên: giây"),
        gettext("Khẩn cấp: số lần"), gettext("Khẩn cấp: giây"),
    ]  # fmt: skip
    rows: list[list[object]] = []
    for line in lines:
        owner = str(OWNER_NAMES[line.owner])
        rows.append([owner, gettext("Cộng"), "", *_airtime_cells(line.airtime, None)])
        rows += [
            [owner, one.board.name, one.board.owner_name, *_airtime_cells(one.airtime, one.board.agreed_share)]
            for one in line.boards
        ]
    return ReportTable("-".join((gettext("thoi-luong"), month)), head, rows)


def _airtime_cells(one: Airtime, agreed: float | None) -> list[object]:
    each = [part for count, ms in one.priorities.values() for part in (count, seconds(ms))]
    whole, own, advert = one.milliseconds, one.political_milliseconds, one.advert_milliseconds
    times = seconds(whole), seconds(own), seconds(advert)
    return [one.count, *times, percent(one.share), percent(agreed), *each]


def percent(share: float | None) -> float | None:
    """Returns a share as a percentage with one decimal."""
    return None if share is None else round(share * 100, 1)


def _text(cell: object) -> object:
    """Returns a cell as CSV shows it: times local, numbers as the reader writes them (55 or 55,5), "" for None."""
    if isinstance(cell, datetime):
        return cell.astimezone(desk.zone()).strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(cell, float):
        return str(format_decimal(cell, "0.######"))
    return "" if cell is None else cell
