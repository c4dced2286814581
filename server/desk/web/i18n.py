"""The desk's languages: Vietnamese as it stands in templates and code, English from a catalogue; called by desk_app.

Message ids ARE the Vietnamese sentences, because operators read them first and whoever writes a page sees what it
says. ``translations/en`` holds the English of each (tests/desk/web/test_i18n.py finds one that is missing), and
``translations/vi`` the Vietnamese of what libraries say in English. Only .po files are kept; they are compiled when
the desk starts. Dates are dd/MM/yyyy, numbers have a dot between thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_babel import Babel, format_decimal

from server.desk.translations import compile_all
from server.desk.web.context import DeskContext

LANGUAGES = ("vi", "en")


def language(desk: DeskContext) -> str:
    """Of who is signed in, of the browser's cookie, of config."""
    person = g.get("person")
    wanted = (person.language if person else "") or request.cookies.get("language", "") or desk.config.language
    return wanted if wanted in LANGUAGES else "vi"


def _short(local: Callable[[datetime], datetime]) -> Callable[[datetime, date], str]:
    """ "07:30" on ``day`` itself, "07:30 09/03" on any other."""

    def short(at: datetime, day: date) -> str:
        here = local(at)
        return here.strftime("%H:%M" if here.date() == day else "%H:%M %d/%m")

    return short


def speak(app: Flask, desk: DeskContext, catalogues: Path) -> None:
    """Makes the application speak: gettext in templates, ``date``, ``moment`` and ``number`` as filters."""
    compile_all(catalogues)
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(catalogues), BABEL_DEFAULT_LOCALE="vi")
    Babel(app, locale_selector=lambda: language(desk), timezone_selector=lambda: desk.config.timezone)

    def local(at: datetime) -> datetime:
        return at.astimezone(desk.zone())

    filters: dict[str, Any] = {
        "date": lambda at: local(at).strftime("%d/%m/%Y"),
        "moment": lambda at: local(at).strftime("%H:%M %d/%m/%Y"),
        "clock": lambda at: local(at).strftime("%H:%M:%S"),
        "short": _short(local),
        "wall": lambda at: local(at).strftime("%Y-%m-%dT%H:%M"),  # as a datetime-local field has it
        "number": format_decimal,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["language"] = lambda: language(desk)
