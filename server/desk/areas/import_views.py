"""Views that import areas from a file or from the shipped list, and export them; registered by server.desk.app.

index ──> check (what would be added and changed, which lines are wrong) ──> save

The rows travel in a hidden field of the page, so nothing is stored before the user confirms.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from feeds.errors import ParseError
from server.core.alerts.codes import VIETNAM, province_code
from server.core.area_import import columns, listing, planning
from server.core.area_import.columns import LIMITS
from server.core.area_import.planning import ImportPlan, Known
from server.desk.areas.import_view import ImportView, import_view
from server.desk.web.context import desk
from server.desk.web.csv_export import csv_response
from server.desk.web.i18n import language
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.web.xlsx_export import xlsx_response
from server.media.importer import file_sandbox, import_table
from server.media.kinds import LARGEST
from server.setup.commune_list import communes
from server.store.areas import areas, former
from server.store.areas.areas import AreaChange
from server.store.database.errors import StoreRefusal

pages = Blueprint("area_import", __name__, url_prefix="/desk/areas")
Rows = Sequence[Sequence[str]]
# One file at a time: each needs a child process of up to 300 MB.
_ONE_FILE = Lock()


@pages.get("/import")
@needs("area.manage")
def index() -> str:
    """The page on which the user chooses a file, or the shipped list of the province's communes."""
    return _page()


@pages.post("/import/check")
@needs("area.manage", factor="none")
def check() -> str | tuple[str, int]:
    """Shows what the import would do. Answers 422 with the first page and the reason if the file has no list."""
    root = _root()
    try:
        rows, notes = _posted_rows(root)
        plan = _plan(rows, root)
    except ValueError as error:
        return _page(said(error)), 422
    except ParseError as error:
        return _page(said(error.message)), 422
    return _preview(rows, plan, root, notes)


@pages.get("/import/check")
@needs("area.manage")
def check_again() -> Response:
    """Leads to the page where a file is chosen: who comes back to a preview has no file to show any more."""
    return desk.go(url_for("area_import.index"))


@pages.post("/import")
@needs("area.manage", factor="fresh")
def save() -> Response | str | tuple[str, int]:
    """Stores what the preview showed; shows the preview again if the areas have changed meanwhile."""
    root = _root()
    try:
        rows: Rows = _carried()
        plan = _plan(rows, root)
    except ValueError as error:
        return _page(said(error)), 422
    if request.form.get("mark") != import_view(plan).mark:
        flash(gettext("Trong lúc bạn xem, có đơn vị đã được sửa. Hãy xem lại trước khi nhập."), "error")
        return _preview(rows, plan, root, ())
    changes = [AreaChange(one.before, one.after) for one in plan.areas]
    try:
        count = areas.save(desk.db, changes, actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        return _page(said(error)), 422
    flash(gettext("Đã nhập: %(count)s đơn vị được thêm hoặc sửa.", count=count), "good")
    return desk.go(url_for("areas.index"))


@pages.get("/areas.csv")
@needs("area.manage")
def as_csv() -> Response:
    """The areas that the user manages as a CSV file, which imports again without a change."""
    return csv_response(listing.head(language(desk)), _exported(), "don-vi.csv")


@pages.get("/areas.xlsx")
@needs("area.manage")
def as_workbook() -> Response:
    """The same list as a workbook."""
    return xlsx_response(listing.head(language(desk)), _exported(), "don-vi.xlsx", desk.now())


def _exported() -> list[tuple[str, ...]]:
    return listing.rows_of(areas.all(desk.db), desk.areas("area.manage"), language(desk))


def _root() -> str:
    """Returns the area for new areas whose line names no parent: the chosen one, else the user's topmost."""
    mine = desk.areas("area.manage")
    chosen = request.form.get("root", "") or next(iter(mine), "")
    desk.require("area.manage", chosen)
    return chosen


def _posted_rows(root: str) -> tuple[Rows, tuple[str, ...]]:
    """Returns the rows of the chosen file or of the shipped list, with notes on what was left out of a file.

    Raises ValueError or ParseError, with a Vietnamese sentence.
    """
    if request.form.get("from") == "list":
        province = _province(root)
        if not province:
            raise ValueError("Chưa biết đơn vị này là tỉnh nào: hãy ghi mã của tỉnh, như VN-66, ở trang của đơn vị.")
        return listing.shipped(communes(), province), ()
    sent = request.files.get("file")
    if not isinstance(sent, FileStorage) or not sent.filename:
        raise ValueError("Chưa chọn tệp.")
    with NamedTemporaryFile(dir=desk.data, prefix="areas-") as kept:
        kept.write(sent.read(LARGEST["sheet"] + 1))
        kept.flush()
        with _ONE_FILE:
            table = import_table(Path(kept.name), sandbox=file_sandbox(), limits=LIMITS)
    return table.rows, table.notes


def _carried() -> Rows:
    """Returns the rows that the preview carries. Raises ValueError if they are not such rows."""
    try:
        found = json.loads(request.form.get("rows", ""))
    except ValueError:
        found = None
    good = isinstance(found, list) and all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in found
    )
    if not good or len(found) > LIMITS.rows:
        raise ValueError("Không đọc được danh sách. Hãy chọn lại tệp.")
    return [tuple(row) for row in found]


def _province(root: str) -> str:
    """Returns the national code of the province of an area, such as "33"; "" if it is not known."""
    code = province_code(desk.tree().codes(root))
    return code if any(one.value == code for unit in VIETNAM.units for one in unit.codes) else ""


def _plan(rows: Rows, root: str) -> ImportPlan:
    known = Known(
        areas.all(desk.db), desk.areas("area.manage"), root, former.taken(desk.db),
        only_fill=request.form.get("from") == "list",
    )  # fmt: skip
    return planning.plan(columns.read(rows), known)


def _preview(rows: Rows, plan: ImportPlan, root: str, notes: Sequence[str]) -> str:
    view: ImportView = import_view(plan)
    unknown = columns.read(rows).unknown
    return render_template(
        "areas/import_check.html", view=view, rows=json.dumps([list(row) for row in rows], ensure_ascii=False),
        root=root, source=request.form.get("from", "file"), notes=[said(note) for note in notes], unknown=unknown,
    )  # fmt: skip


def _page(wrong: str = "") -> str:
    mine = desk.areas("area.manage")
    count = {slug: _count(slug) for slug in mine if desk.tree().get(slug).parent is None or len(mine) == 1}
    listed = {slug: number for slug, number in count.items() if number}
    return render_template(
        "areas/import.html", mine=mine, listed=listed, wrong=wrong, heads=listing.head(language(desk))
    )


def _count(slug: str) -> int:
    province = _province(slug)
    return sum(one.province == province for one in communes()) if province else 0
