"""Views in which keepers (administrators) add areas and say what they are; registered by server.desk.app."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.area_import.planning import slug_for
from server.core.model import OutlinedArea
from server.desk.areas.details_form import DetailsForm, details_mark
from server.desk.areas.found import area_or_404
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.areas import areas, former
from server.store.areas.areas import AreaChange
from server.store.database.errors import StoreRefusal

pages = Blueprint("area_details", __name__, url_prefix="/desk/areas")


@pages.get("/new")
@needs("area.manage")
def new() -> str:
    """The form of a new area; ``?parent=`` is the slug of the area that it will probably belong to."""
    return _page(None, DetailsForm.of(None, request.args.get("parent", "")))


@pages.post("/new")
@needs("area.manage", factor="fresh")
def add() -> Response | tuple[str, int]:
    """Adds an area, whose slug is made from its name."""
    form = DetailsForm.of(None)
    wanted = form.read(OutlinedArea("", ""))
    if wanted is None:
        return _page(None, form), 422
    desk.require("area.manage", wanted.parent)
    return _saved(None, replace(wanted, slug=slug_for(wanted.name, former.taken(desk.db))), form)


@pages.get("/<slug>/details")
@needs("area.manage")
def details(slug: str) -> str:
    area = area_or_404(slug)
    return _page(area, DetailsForm.of(area))


@pages.post("/<slug>/details")
@needs("area.manage", factor="fresh", subject="area/{slug}")
def save(slug: str) -> Response | tuple[str, int]:
    area = area_or_404(slug)
    form = DetailsForm.of(area)
    wanted = form.read(area)
    if wanted is None:
        return _page(area, form), 422
    if wanted != area and form.mark.data != details_mark(area):
        form.form_errors.append(
            gettext("Người khác vừa sửa đơn vị này. Những gì bạn ghi vẫn ở đây; hãy xem lại trước khi lưu.")
        )
        form.mark.data = details_mark(area)
        return _page(area, form), 422
    return _saved(area, wanted, form)


def _saved(before: OutlinedArea | None, wanted: OutlinedArea, form: DetailsForm) -> Response | tuple[str, int]:
    try:
        count = areas.save(desk.db, [AreaChange(before, wanted)], actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(said(error))
        return _page(before, form), 422
    if count:
        flash(gettext("Đã lưu «%(name)s».", name=wanted.name), "good")
    else:
        flash(gettext("Không có gì thay đổi ở %(name)s.", name=wanted.name), "info")
    return desk.go(url_for("areas.one", slug=wanted.slug))


def _page(area: OutlinedArea | None, form: DetailsForm) -> str:
    return render_template("areas/details.html", area=area, form=form)
