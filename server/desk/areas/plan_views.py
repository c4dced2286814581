"""Views in which keepers merge areas and give them other parents, at once or on a date; registered by desk.app.

change (the form) ──> preview (what would move) ──> decide ──> the tree, with "Hoàn tác" for an hour
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from server.core.model import OutlinedArea, PlanKind
from server.desk.areas.found import area_or_404, may_change
from server.desk.web.context import desk
from server.desk.web.dates import MomentField, moment_text
from server.desk.web.fields import Form
from server.desk.web.names import area_name, board_name
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.areas_merge import plans
from server.store.areas_merge.effects import Effect
from server.store.areas_merge.plans import Plan
from server.store.database.errors import NotFound, StoreRefusal

pages = Blueprint("area_plans", __name__, url_prefix="/desk/areas")

MOST_NAMED = 12
"""How many of the boards and people that go over the preview names; it counts the rest."""
# Who chooses the present minute wants the change at once.
_SAME_MINUTE = timedelta(minutes=1)


class PlanForm(Form):
    """What is to become of an area, and when."""

    kind = RadioField(
        lazy_gettext("Việc cần làm"),
        choices=[
            ("merge", lazy_gettext("Nhập vào đơn vị khác")),
            ("move", lazy_gettext("Chuyển sang thuộc đơn vị khác")),
        ],
        default="merge",
    )
    target = SelectField(lazy_gettext("Đơn vị nhận"), validate_choice=False)
    due = MomentField(
        lazy_gettext("Thực hiện lúc"),
        description=lazy_gettext("Để trống: làm ngay. Đến giờ đã ghi, máy chủ tự làm."),
    )

    def with_choices(self, slug: str) -> PlanForm:
        """Sets the areas that may be chosen: those that the user manages, outside the area ``slug``."""
        tree = desk.tree()
        self.target.choices = [SelectChoice("", str(gettext("Chọn đơn vị nhận")))] + [
            SelectChoice(one, area_name(one)) for one in desk.areas("area.manage") if not tree.covers(slug, one)
        ]
        return self

    def moment(self, now: datetime) -> datetime:
        """Returns the chosen time, ``now`` if none was chosen."""
        at = self.due.data
        return at.replace(tzinfo=desk.zone()).astimezone(UTC) if at else now

    def effect(self, slug: str) -> Effect | None:
        """Validates the form and returns what the change would concern; None if a field has an error."""
        if not self.validate():
            return None
        target = self.target.data or ""
        if not target:
            self.target.errors = [gettext("Hãy chọn đơn vị nhận")]
            return None
        if self.due.data and self.moment(desk.now()) < desk.now() - _SAME_MINUTE:
            self.due.errors = [gettext("Giờ này đã qua. Để trống nếu muốn làm ngay.")]
            return None
        desk.require("area.manage", target)
        try:
            return plans.effect(desk.db, cast(PlanKind, self.kind.data), slug, target, desk.now())
        except ValueError as error:
            self.target.errors = [said(error)]
            return None


@pages.get("/<slug>/change")
@needs("area.manage")
def change(slug: str) -> str:
    """The form in which the user merges the area, or gives it another parent."""
    return _page(area_or_404(slug), PlanForm().with_choices(slug))


@pages.post("/<slug>/change/preview")
@needs("area.manage", factor="none")
def preview(slug: str) -> str | tuple[str, int]:
    """Shows what the change would move; nothing is stored. Answers 422 with the form if it is impossible."""
    area, form = area_or_404(slug), PlanForm().with_choices(slug)
    found = form.effect(slug)
    if found is None:
        return _page(area, form), 422
    due = form.due.data
    return render_template(
        "areas/change_preview.html", area=area, form=form, effect=found, target=form.target.data,
        kind=form.kind.data, due=moment_text(due) if due else "",
        boards=[board_name(slug) for slug in found.boards], most_named=MOST_NAMED,
    )  # fmt: skip


@pages.get("/<slug>/change/preview")
@needs("area.manage")
def preview_again(slug: str) -> Response:
    """Leads to the form: who comes back to a preview may have to choose anew."""
    return desk.go(url_for("area_plans.change", slug=area_or_404(slug).slug))


@pages.post("/<slug>/change")
@needs("area.manage", factor="fresh", subject="area/{slug}")
def decide(slug: str) -> Response | tuple[str, int]:
    """Plans the change, and carries it out if it is due."""
    area, form = area_or_404(slug), PlanForm().with_choices(slug)
    if form.effect(slug) is None:
        return _page(area, form), 422
    kind, target, now = cast(PlanKind, form.kind.data), form.target.data, desk.now()
    try:
        made = plans.plan(desk.db, kind, slug, target, due=form.moment(now), actor=desk.actor(), now=now)
        done = plans.run(desk.db, made.id, now) if made.due <= now else made
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(said(error))
        return _page(area, form), 422
    _tell(area.name, done)
    return desk.go(url_for("areas.index"))


@pages.post("/plans/<int:id>/cancel")
@needs("area.manage", factor="none")
def cancel(id: int) -> Response:
    """Deletes a plan that was not carried out yet."""
    _plan_or_404(id)
    try:
        plans.cancel(desk.db, id, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã bỏ kế hoạch."), "good")
    except StoreRefusal as error:
        flash(said(error), "error")
    return desk.go(url_for("areas.index"))


@pages.post("/plans/<int:id>/undo")
@needs("area.manage", factor="fresh", subject="area_plan/{id}")
def undo(id: int) -> Response:
    """Undoes a change that was carried out within the last hour."""
    _plan_or_404(id)
    try:
        plans.undo(desk.db, id, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã hoàn tác. Mọi thứ trở lại như trước khi làm."), "good")
    except StoreRefusal as error:
        flash(said(error), "error")
    return desk.go(url_for("areas.index"))


def _tell(name: str, made: Plan) -> None:
    target = area_name(made.target)
    if made.obstacle:
        flash(said(made.obstacle), "error")
    elif made.done is None:
        flash(gettext("Đã ghi kế hoạch cho «%(name)s».", name=name), "good")
    elif made.kind == "merge":
        flash(gettext("Đã nhập «%(name)s» vào «%(target)s».", name=name, target=target), "good")
    else:
        flash(gettext("«%(name)s» nay thuộc «%(target)s».", name=name, target=target), "good")


def _plan_or_404(id: int) -> Plan:
    """Returns the plan; answers 404 if there is none, 403 if the user does not manage its areas."""
    try:
        found = plans.get(desk.db, id)
    except NotFound:
        abort(404)
    if not may_change(found):
        abort(403)
    return found


def _page(area: OutlinedArea, form: PlanForm) -> str:
    return render_template("areas/change.html", area=area, form=form)
