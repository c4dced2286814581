"""The page on which users manage their password, second factors, recovery codes and sign-ins.

Its views are registered by server.desk.app.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, render_template, url_for
from flask_babel import gettext

from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.people import sign_ins

pages = Blueprint("security_pages", __name__, url_prefix="/desk/security")


@pages.get("/")
@needs("own")
def index() -> str:
    account = current_app.extensions["security"].datastore.find_user(username=desk.actor())
    return render_template(
        "auth/my_security.html",
        account=account,
        codes_left=len(account.mf_recovery_codes),
        sign_ins=sign_ins.of(desk.db, desk.person().id, desk.now()),
        mine=desk.sign_in().id,
    )


@pages.post("/sign-ins/<id>/end")
@needs("own", factor="none")
def end(id: str) -> Response:
    sign_ins.end(desk.db, id, person=desk.person().id, now=desk.now())
    flash(gettext("Đã kết thúc phiên đó."), "info")
    return desk.go(url_for("security_pages.index"))


@pages.post("/sign-ins/end-others")
@needs("own", factor="none")
def end_others() -> Response:
    sign_ins.end_others(desk.db, desk.person().id, but=desk.sign_in().id, now=desk.now())
    flash(gettext("Đã kết thúc mọi phiên khác."), "info")
    return desk.go(url_for("security_pages.index"))
