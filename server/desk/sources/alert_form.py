"""Reads the posted settings of a source of alerts; called by alert_views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext

from server.core.alerts.source_rules import territory_part
from server.core.model import AlertSettings, Source
from server.desk.web.context import desk
from server.desk.web.refusals import said

ORDERS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "vi": ("vi",),
    "en": ("en",),
    "vi en": ("vi", "en"),
    "en vi": ("en", "vi"),
}
"""The value of the form field -> the languages that are shown one after the other; "": the board's language."""


def changed_settings(source: Source, form: Mapping[str, str]) -> tuple[Source, dict[str, str]]:
    """Returns a copy of the source with the posted settings, and the errors: invalid field -> message."""
    before = source.cap or AlertSettings()
    territory, wrong = _territory(form.get("territory", ""))
    area = form.get("default_area", "")
    if area and area not in desk.areas("source.manage") and area != before.default_area:
        wrong["default_area"] = str(gettext("Bạn không quản trị đơn vị này"))
    languages = ORDERS.get(form.get("languages", ""), before.languages)
    settings = replace(
        before,
        index="complete" if form.get("index") == "complete" else "newest",
        territory=before.territory if "territory" in wrong else territory,
        default_area=before.default_area if "default_area" in wrong else area,
        geometry_first="geometry_first" in form,
        languages=languages,
        risk_parameter=form.get("risk_parameter", "").strip()[:100],
        exercises="exercises" in form,
    )
    return replace(source, cap=settings), wrong


def _territory(text: str) -> tuple[tuple[str, ...], dict[str, str]]:
    parts = tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())[:50]
    for part in parts:
        try:
            territory_part(part)
        except ValueError as error:
            return (), {"territory": f"«{part[:60]}»: {said(error)}"}
    return parts, {}


def order_of(settings: AlertSettings) -> str:
    """Returns the value of the form field ``languages`` for a source's languages: a key of ORDERS, such as "vi en".

    If ORDERS does not contain them, their codes, separated by spaces.
    """
    return next(
        (value for value, order in ORDERS.items() if order == settings.languages), " ".join(settings.languages)
    )
