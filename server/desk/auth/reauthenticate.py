"""Asks for the second factor before a dangerous action and then lets it proceed; called by access and desk.app.

The page that asks for the code contains the posted form as hidden fields and posts it again to the same address,
together with the code. So the server stores nothing, typed text is not lost, and the right code completes the action.
pending_acts ensures that it is done once, by the person who requested it, within five minutes, and only if the object
has not changed meanwhile (decisions/0025).
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext
from flask_security import verify_password

from server.desk.auth import mfa, pending_acts, rate_limits
from server.desk.auth.accounts import Account
from server.desk.auth.pending_acts import PendingAct, Refusal
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.people import sign_ins

pages = Blueprint("confirm", __name__, url_prefix="/desk/confirm")

FIELD = "factor_code"
"""The name of the form field for the code, or for the password if the user has no second factor."""
STATUS = 428
"""The status of the page that asks for the code: "Precondition Required" (RFC 6585)."""
# Posted fields that the page does not repeat, because it makes new ones.
_NOT_CARRIED = ("csrf_token", FIELD, pending_acts.FIELD)


@pages.get("/")
@needs("own")
def shown() -> str:
    """The page that follows after a user has confirmed by a passkey in a second tab.

    Its script tells the first tab, in which the action ``?act=KEY`` waits, to continue.
    """
    return render_template("auth/factor_shown.html", act=request.args.get("act", "") if desk.fresh_factor() else "")


def confirm(subject: str) -> Response | None:
    """Returns None if the action of the request may be done; otherwise the page to answer with.

    It may be done if the user has confirmed a second factor recently, or if the request contains the right code or
    password. Otherwise the page asks for the code (428). An action that has waited for a code and must not be done
    any more gets a page with the reason (409). ``subject`` is the pattern that the route declares (`rights.Need`).
    """
    act = pending_acts.posted()
    why = act and pending_acts.refusal(act, subject, request.view_args or {})
    if act and why:
        return _refusal_page(act, why)
    if not desk.fresh_factor() and (asks := _ask(act or pending_acts.begin())) is not None:
        return asks
    if act and not pending_acts.take(act):
        return _refusal_page(act, "done")
    return None


def _refusal_page(act: PendingAct, why: Refusal) -> Response:
    return make_response(render_template("auth/act_refused.html", why=why, back=act.back), 409)


def _ask(act: PendingAct) -> Response | None:
    """Returns None if the request contains the right code or password; otherwise the page that asks for it.

    Records in the sign-in that the factor was confirmed now. Wrong attempts are limited as at sign-in.
    """
    account: Account = current_app.extensions["security"].datastore.find_user(username=desk.actor())
    secret = request.form.get(FIELD, "")
    if not secret:
        return _page(account, act)
    # Counted separately from attempts to sign in: other people can use up those, but do not know ``fs_uniquifier``.
    with rate_limits.attempt(f"confirm {account.fs_uniquifier}", of_stranger=False) as attempted:
        right = attempted.succeeded = _is_right(account, secret)
    if not right:
        return _page(account, act, _wrong(bool(account.tf_totp_secret)))
    now = desk.now()
    sign_ins.showed_factor(desk.db, desk.sign_in().id, now)
    g.sign_in = sign_ins.alive(desk.db, desk.sign_in().id, now, desk.sign_in_ages)
    return None


def _page(account: Account, act: PendingAct, wrong: str = "") -> Response:
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CARRIED]
    page = render_template(
        "auth/reauthenticate.html",
        coded=bool(account.tf_totp_secret),
        keys=bool(account.webauthn),
        address=request.full_path.rstrip("?"),
        carried=carried,
        code_field=FIELD,
        mark_field=pending_acts.FIELD,
        mark=pending_acts.written(act),
        act=act,
        wrong=wrong,
    )
    return make_response(page, STATUS)


def _is_right(account: Account, secret: str) -> bool:
    if account.tf_totp_secret:
        return mfa.verify_code(account, secret)
    # An account with a passkey must confirm by it, because a password is weaker.
    if account.webauthn or account.password is None:
        return False
    password = current_app.extensions["security"].password_util.normalize(secret)
    return bool(verify_password(password, account.password))


def _wrong(has_codes: bool) -> str:
    if has_codes:
        return str(gettext("Mã không đúng hoặc đã dùng rồi. Hãy đợi mã tiếp theo."))
    return str(gettext("Mật khẩu không đúng."))
