"""Reads the forms of a source: its settings, its selectors, a new source; called by the sources' views."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import get_args

from flask import abort
from flask_babel import gettext

from feeds import ParseError, Selectors
from server.core.model import PageRules, Source, Trust
from server.core.sources.naming import new_source
from server.desk.sources.reading import fetch_policy
from server.desk.web.context import desk
from server.store.sources import sources

SELECTORS = ("item", "title", "link", "date", "picture", "summary", "next")
_TRUSTS: Mapping[str, Trust] = {name: name for name in get_args(Trust)}


def selectors_in(query: Mapping[str, str]) -> Selectors | None:
    """The selectors in the query parameters; None without one for ``item``, which is the only required one."""
    texts = {name: query.get(name, "").strip() for name in SELECTORS}
    return Selectors(**texts) if texts["item"] else None


def selectors_of(rules: PageRules) -> Selectors:
    """The same selectors as the type that feeds.read_bytes expects."""
    return Selectors(**{name: getattr(rules, name) for name in SELECTORS})


def page_rules(form: Mapping[str, str]) -> tuple[PageRules, dict[str, str]]:
    """The posted rules of a list page, and an error message for each invalid field."""
    texts = {name: form.get(name, "").strip()[:300] for name in SELECTORS}
    errors: dict[str, str] = {}
    for name, text in texts.items():
        try:
            Selectors(**{name: text}).check()
        except ParseError as error:
            errors[name] = error.message
    pages = form.get("pages", "").strip() or "1"
    if not re.fullmatch(r"[1-9]|10", pages):
        errors["pages"], pages = gettext("Số trang từ 1 đến 10"), "1"
    return PageRules(**texts, pages=int(pages)), errors


def added_source(form: Mapping[str, str], area: str) -> Source:
    """The source, not yet stored, that the form adds to ``area``; 400 for a wrong address or selector."""
    address = form.get("address", "").strip()
    title = form.get("name", "").strip() or address
    if not address.startswith(("http://", "https://")):
        abort(400)
    taken = {one.slug for one in sources.all(desk.db)}
    made = new_source(title, address, taken, desk.config.timezone)
    made = replace(made, area=area, user_agent=fetch_policy().user_agent if desk.config.fetch.user_agent else "")
    if not form.get("item", "").strip():
        return made
    rules, errors = page_rules(form)
    if errors:
        abort(400)
    return replace(made, kind="page", page=rules)


def changed_source(source: Source, form: Mapping[str, str]) -> Source:
    """The source with the settings that were posted; 400 for an unknown trust or an interval that is no number."""
    trust = _TRUSTS.get(form.get("trust", source.trust))
    minutes = form.get("minutes", "").strip()
    if trust is None or (minutes and not minutes.isdigit()):
        abort(400)
    every = timedelta(minutes=min(max(int(minutes), 1), 1440)) if minutes else source.every
    return replace(
        source,
        name=form.get("name", "").strip()[:120] or source.name,
        label=form.get("label", source.label).strip()[:60],
        trust=trust,
        every=every,
        adaptive=not minutes,
        full_text="full_text" in form,
    )
