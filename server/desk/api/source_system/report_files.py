"""The API operation that reads a report as a CSV or XLSX file."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response
from flask_openapi.types import ResponseDict
from pydantic import BaseModel, Field

from server.desk.api.source_system.reports import MONTH, board_or_404
from server.desk.api.v1.blueprint import READ, api
from server.desk.api.v1.proof import Days
from server.desk.api.words import say
from server.desk.web.problems import problem
from server.desk.web.rights import needs
from server.desk.web.source_reports import (
    board_lines,
    month_of,
    owner_lines,
    period_of,
    play_lines,
    visible_boards,
)
from server.desk.web.source_tables import airtime_table, boards_table, plays_table
from server.desk.web.xlsx_export import TYPE

ReportName = Literal["boards.csv", "boards.xlsx", "plays.csv", "plays.xlsx", "airtime.csv", "airtime.xlsx"]
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = {"text/csv": {"schema": {"type": "string"}}, TYPE: _BYTES}
_FILE: ResponseDict = {"200": {"description": "the report as a file", "content": _CONTENT}}


class OfReport(BaseModel):
    """The path parameter: which report, in which format."""

    report: ReportName


class ReportQuery(Days):
    """`board`, `from` and `to` are for plays, `month` (such as 2026-03) for airtime."""

    board: Annotated[str, Field(max_length=60)] = ""
    month: Annotated[str, Field(pattern=MONTH)] | None = None


@api.get("/v1/source-system/files/<report>", responses={**_FILE, **READ}, summary="A report as CSV or XLSX")
@needs("report.view")
def source_report_file(path: OfReport, query: ReportQuery) -> Response:
    """Reads the inventory, the plays of one board in a period, or the airtime statement of a month."""
    name, _, kind = path.report.partition(".")
    if name == "boards":
        return boards_table(board_lines(visible_boards())).response(kind)
    if name == "airtime":
        period = month_of(query.month or "")
        return airtime_table(period.month, owner_lines(visible_boards(), period)).response(kind)
    if not query.board:
        return problem(422, say("board missing"))
    board, period = board_or_404(query.board), period_of(query.first, query.last)
    table = plays_table(f"{board.slug}-{period.first}-{period.last}", play_lines(board, period))
    return table.response(kind)
