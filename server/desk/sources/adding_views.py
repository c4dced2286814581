"""Views that add a source: a keeper pastes an address, the worker looks at it; registered by server.desk.app.

look_at ──> look (a trial) ──> look_at (what was found) ──> add
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.model import SELECTORS
from server.desk.sources import trials
from server.desk.sources.access import area_of
from server.desk.sources.form import added_source, address_problem, known_at, known_text, rules_in, same_source
from server.desk.sources.navigation import to_source
from server.desk.sources.presets import PRESETS, neighbour_address
from server.desk.sources.source_boards import DAYS, MOST, add_sources, choices, chosen_boards, shown_text
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.database.errors import StoreRefusal

pages = Blueprint("source_adding", __name__, url_prefix="/desk/sources")


@pages.get("/look")
@needs("source.manage")
def look_at() -> str:
    """The page on which a keeper pastes the address of a new source.

    ``?trial=KEY`` shows what the worker has found at the address, or waits for it.
    """
    trial = trials.asked_for("look")
    found = trials.outcome_of(trial)
    waits = trial is not None and trial.waits(desk.now())
    address = trial.address if trial else request.args.get("address", "").strip()
    shown = None if waits else found
    mine = desk.areas("source.manage")
    return render_template(
        "sources/look.html", address=address, found=shown, waits=waits, page=trial and trial.page, parts=SELECTORS,
        choices=choices(None, mine[0]), usual=(MOST, DAYS), known=shown and known_at(shown.address), presets=PRESETS,
    )  # fmt: skip


@pages.post("/look")
@needs("source.manage", factor="none")
def look() -> Response:
    """Starts a trial in which the worker reads a pasted address; adds "https://" if the address has no scheme.

    With the form fields ``host`` and ``area`` instead, the worker reads the alerts that another Bảng Tin server
    publishes for this area.
    """
    address = request.form.get("address", "").strip()[:2000]
    if "host" in request.form:
        address = neighbour_address(request.form["host"][:200], request.form.get("area", "")[:80])
        if not address:
            flash(gettext("Hãy ghi tên miền như bangtin.tinh.vn và tên ngắn của đơn vị như xa-minh-tan."), "error")
            return desk.go(url_for("source_adding.look_at"))
    if problem := address_problem(address):
        flash(problem, "error")
        return desk.go(url_for("source_adding.look_at", address=address or None))
    if "://" not in address:
        address = f"https://{address}"
    try:
        key = trials.ask("look", address, page=rules_in(request.form))
    except StoreRefusal as busy:
        flash(said(busy), "error")
        return desk.go(url_for("source_adding.look_at", address=address))
    return desk.go(url_for("source_adding.look_at", trial=key))


@pages.post("/add")
@needs("source.manage", factor="none")
def add() -> Response:
    """Adds a new source to the boards that are ticked in the form; its stories wait for approval."""
    area = request.form.get("area", "")
    if area not in desk.areas("source.manage"):
        abort(400)
    made = added_source(request.form, area)
    if (known := same_source(made)) is not None:
        flash(known_text(known), "error")
        seen = desk.may("source.view", area_of(known))
        return desk.go(url_for("sources.one", slug=known.slug) if seen else url_for("source_adding.look_at"))
    wanted = chosen_boards() if made.kind != "cap" else set()
    try:
        add_sources([made], wanted)
    except StoreRefusal as refused:
        flash(said(refused), "error")
        return desk.go(url_for("source_adding.look_at", address=made.url))
    if made.kind == "cap":
        sentence = gettext("Đã thêm nguồn cảnh báo. Cảnh báo của nguồn này chờ biên tập viên duyệt.")
    elif made.kind == "server":
        sentence = gettext("Đã thêm máy chủ. Mọi tin của máy chủ này chờ biên tập viên duyệt.")
    else:
        added = gettext("Đã thêm nguồn tin. Tin của nguồn này chờ duyệt trước khi lên bảng.")
        sentence = f"{added} {shown_text(wanted)}"
    return to_source(made.slug, sentence)
