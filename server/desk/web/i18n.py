"""The desk's languages, dates and numbers in templates; added by server.desk.app.

Message ids ARE the Vietnamese sentences, because operators read them first and the author of a page sees its text.
``translations/en`` holds their English (tests/desk/web/test_i18n.py finds a missing one), ``translations/vi`` the
Vietnamese of texts that libraries have in English. Only .po files are kept; they are compiled when the desk starts.
Dates are dd/MM/yyyy; numbers have a dot between thousands.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel, format_decimal

from server.desk.translations import compile_all
from server.desk.web.context import DeskContext, desk

LANGUAGES = ("vi", "en")


def language(context: DeskContext) -> str:
    """The user's language, else the cookie's, else the configured one; "vi" if that is not one of the two."""
    person = g.get("person")
    wanted = (person.language if person else "") or request.cookies.get("language", "") or context.config.language
    return wanted if wanted in LANGUAGES else "vi"


def set_up_languages(app: Flask, context: DeskContext, catalogues: Path) -> None:
    """Adds gettext and the filters for dates and numbers to the templates; compiles the catalogues into a folder."""
    compile_all(catalogues)
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(catalogues), BABEL_DEFAULT_LOCALE="vi")
    Babel(app, locale_selector=lambda: language(context), timezone_selector=lambda: context.config.timezone)
    app.jinja_env.filters.update(
        date=lambda at: _local(at).strftime("%d/%m/%Y"),
        moment=lambda at: _local(at).strftime("%H:%M %d/%m/%Y"),
        clock=lambda at: _local(at).strftime("%H:%M:%S"),
        short=_short,
        wall=lambda at: _local(at).strftime("%Y-%m-%dT%H:%M"),  # the value of a datetime-local field
        number=format_decimal,
    )
    app.jinja_env.globals["language"] = lambda: language(context)


def _local(at: datetime) -> datetime:
    return at.astimezone(desk.zone())


def _short(at: datetime, day: date) -> str:
    """ "07:30" on ``day`` itself, "07:30 09/03" on any other day."""
    local = _local(at)
    return local.strftime("%H:%M" if local.date() == day else "%H:%M %d/%m")
