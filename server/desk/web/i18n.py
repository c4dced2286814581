"""Selects the desk's language and formats dates and numbers in templates; added by server.desk.app.

The message ids of gettext are the Vietnamese sentences, so the author of a page sees its text. ``translations/en``
holds their English translations (tests/desk/web/test_i18n.py fails if one is missing), ``translations/vi`` Vietnamese
translations of the libraries' English texts. Only .po files are committed; they are compiled when the desk starts.
Dates are dd/MM/yyyy.
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
    """Returns the language of the current request, "vi" or "en".

    It is the language of the user, else of the cookie, else of the configuration; "vi" if that is not one of
    LANGUAGES.
    """
    person = g.get("person")
    wanted = (person.language if person else "") or request.cookies.get("language", "") or context.config.language
    return wanted if wanted in LANGUAGES else "vi"


def set_up_languages(app: Flask, context: DeskContext, catalogues: Path) -> None:
    """Adds gettext and the filters for dates and numbers to the templates.

    Compiles the catalogues of translations into the folder ``catalogues``.
    """
    compile_all(catalogues)
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(catalogues), BABEL_DEFAULT_LOCALE="vi")
    Babel(app, locale_selector=lambda: language(context), timezone_selector=lambda: context.config.timezone)
    app.jinja_env.filters.update(
        date=lambda at: _local(at).strftime("%d/%m/%Y"),
        stamp=lambda at: _local(at).strftime("%d/%m/%Y %H:%M"),  # for lists of records: the date first
        moment=moment,
        clock=lambda at: _local(at).strftime("%H:%M:%S"),
        short=_short,
        wall=lambda at: _local(at).strftime("%Y-%m-%dT%H:%M"),  # the value of a datetime-local field
        number=format_decimal,
    )
    app.jinja_env.globals["language"] = lambda: language(context)


def moment(at: datetime) -> str:
    """Returns an aware time as the desk writes it in sentences, in local time: "07:00 10/03/2026"."""
    return _local(at).strftime("%H:%M %d/%m/%Y")


def _local(at: datetime) -> datetime:
    return at.astimezone(desk.zone())


def _short(at: datetime, day: date) -> str:
    """Returns the local time "07:30" if ``at`` is on ``day``; otherwise the time with its date, "07:30 09/03"."""
    local = _local(at)
    return local.strftime("%H:%M" if local.date() == day else "%H:%M %d/%m")
