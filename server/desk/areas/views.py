"""Views in which keepers (administrators) enter where areas are; registered by server.desk.app.

index ──> one (the form) ──> check (the map as it would be) ──> save

Received alerts are matched to boards by these values, so the user sees a map of the change before saving it.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.model import OutlinedArea
from server.desk.areas.form import PlaceForm, mark_of
from server.desk.areas.found import area_or_404, may_change
from server.desk.areas.view_model import area_rows, listed_communes, outline_text, place_view
from server.desk.web.area_kinds import KIND_LABELS
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.desk.web.rights import needs
from server.setup.commune_list import communes
from server.store.areas import areas
from server.store.areas_merge import plans

pages = Blueprint("areas", __name__, url_prefix="/desk/areas")


@pages.get("/")
@needs("area.manage")
def index() -> str:
    """The page with the tree of the user's areas, and with planned changes of it.

    ``?q=`` shows only areas whose name, or a former name of which, contains the words.
    """
    mine, words = set(desk.areas("area.manage")), " ".join(request.args.get("q", "").split())[:100]
    return render_template(
        "areas/index.html",
        rows=area_rows(words),
        pushes=bool(desk.config.push.contact),
        words=words,
        planned=[(one, may_change(one)) for one in plans.waiting(desk.db) if mine & {one.area, one.target}],
        undoable=[one for one in plans.undoable(desk.db, desk.now()) if one.target in mine],
    )


@pages.get("/<slug>")
@needs("area.manage")
def one(slug: str) -> str:
    area = area_or_404(slug)
    return _page(PlaceForm().fill(area), area)


@pages.post("/<slug>/check")
@needs("area.manage", factor="none")
def check(slug: str) -> str | tuple[str, int]:
    """Shows what saving the posted form would change, with a map; nothing is saved.

    With ``do=back`` it shows the form again, with ``do=CODE`` the form filled from the commune of the built-in list
    that has this code. Answers 422 with the form if a field has an error.
    """
    area, form = area_or_404(slug), PlaceForm()
    wish = request.form.get("do", "")
    if wish:
        listed = next((one for one in communes() if one.code == wish), None)
        return _page(form if listed is None else form.fill_in(listed, area), area)
    wanted = form.read(area)
    if wanted is None:
        return _page(form, area), 422
    before = place_view(area)
    return render_template("areas/check.html", form=form, area=area, before=before, after=place_view(wanted))


@pages.get("/<slug>/check")
@needs("area.manage")
def check_again(slug: str) -> Response:
    """Leads to the form: who comes back to the map of a change sees what is stored now."""
    return desk.go(url_for("areas.one", slug=area_or_404(slug).slug))


@pages.post("/<slug>")
@needs("area.manage", factor="fresh", subject="area/{slug}")
def save(slug: str) -> Response | tuple[str, int]:
    area, form = area_or_404(slug), PlaceForm()
    wanted = form.read(area)
    if wanted is None:
        return _page(form, area), 422
    if wanted != area and form.mark.data != mark_of(area):
        form.form_errors.append(
            gettext("Người khác vừa sửa đơn vị này. Những gì bạn ghi vẫn ở đây; hãy xem lại trước khi lưu.")
        )
        form.mark.data = mark_of(area)
        return _page(form, area), 422
    areas.place(desk.db, wanted, actor=desk.actor(), now=desk.now())
    name = area_name(slug)
    if wanted == area:
        flash(gettext("Không có gì thay đổi ở %(name)s.", name=name), "info")
    else:
        flash(gettext("Đã lưu thay đổi của %(name)s.", name=name), "good")
    return desk.go(url_for("areas.index"))


def _page(form: PlaceForm, area: OutlinedArea) -> str:
    pending = form.pending_outline()
    if pending is None:
        form.outline.data = ""
    view, listed = place_view(area), listed_communes(area)
    drawn = outline_text(pending or ())
    return render_template(
        "areas/one.html",
        form=form,
        area=area,
        view=view,
        pending=drawn,
        listed=listed,
        kind=KIND_LABELS[area.kind],
    )
