"""Reads the posted forms of a source (settings, selectors, a new source); called by the sources' views."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from flask import abort
from flask_babel import gettext

from feeds import ParseError, Selectors
from feeds.download.links import source_key
from server.core.model import SELECTORS, AlertSettings, PageRules, Source
from server.core.sources.fetch_schedule import WARNING_SOONEST
from server.core.sources.naming import new_source
from server.core.text_input import number_or_none
from server.desk.sources.access import area_of
from server.desk.web.context import desk
from server.desk.web.names import source_name
from server.store.sources import sources

SERVER_EVERY = timedelta(minutes=1)
"""How often another server is asked; its answer is short if nothing has changed."""


def rules_in(form: Mapping[str, str]) -> PageRules | None:
    """Returns the CSS selectors for a list page in the form, not validated.

    None if ``item``, the required one, is empty.
    """
    texts = {name: form.get(name, "").strip()[:300] for name in SELECTORS}
    return PageRules(**texts, pages=1) if texts["item"] else None


def page_rules(form: Mapping[str, str]) -> tuple[PageRules, dict[str, str]]:
    """Returns the posted rules for reading a list page, and the errors: invalid field -> message."""
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


def address_problem(address: str) -> str:
    """Returns a sentence why a pasted text cannot be an address; "" if it may be one."""
    if not address:
        return str(gettext("Hãy dán một địa chỉ."))
    if len(address.split()) > 1:
        return str(gettext("Đây không phải là một địa chỉ: trong địa chỉ không có dấu cách."))
    return ""


def added_source(form: Mapping[str, str], area: str) -> Source:
    """Returns the new source that the form describes, in ``area``; it is not stored yet.

    The alerts of a source of the kind "cap", and everything of another server, are drafts at first. Answers 400 for
    an invalid address or selector.
    """
    address = form.get("address", "").strip()
    title = form.get("name", "").strip() or address
    if not address.startswith(("http://", "https://")):
        abort(400)
    made = new_source(title, address, sources.slugs(desk.db), desk.config.timezone)
    made = replace(made, area=area, user_agent=desk.config.fetch.user_agent)
    if form.get("kind") == "cap":
        return replace(made, kind="cap", every=WARNING_SOONEST, adaptive=False, cap=AlertSettings())
    if form.get("kind") == "server":
        return replace(made, kind="server", every=SERVER_EVERY, adaptive=False, cap=AlertSettings())
    if not form.get("item", "").strip():
        return made
    rules, errors = page_rules(form)
    if errors:
        abort(400)
    return replace(made, kind="page", page=rules)


def same_source(made: Source) -> Source | None:
    """Returns an existing source that reads the same address as ``made``; None if there is none.

    If both are list pages, they must also have the same selector for the items.
    """
    item = made.page.item if made.page else None
    return next((one for one in _at(made.url) if item is None or one.page is None or one.page.item == item), None)


def known_at(address: str) -> Source | None:
    """Returns an existing source with this address that the user may see; None if there is none."""
    return next((one for one in _at(address) if desk.may("source.view", area_of(one))), None)


def _at(address: str) -> list[Source]:
    key = source_key(address)
    return [one for one in sources.all(desk.db) if source_key(one.url) == key]


def known_text(source: Source) -> str:
    """Returns a sentence that ``source`` reads the address already.

    It names the source only if the user may see the source.
    """
    if desk.may("source.view", area_of(source)):
        name = source_name(source.slug)
        return str(gettext("Địa chỉ này đã có: nguồn «%(name)s». Không thêm lần nữa.", name=name))
    return str(
        gettext("Địa chỉ này đã có ở đơn vị khác. Hãy nhờ người quản trị cấp trên cho bảng của bạn dùng chung.")
    )


def changed_source(source: Source, form: Mapping[str, str]) -> Source:
    """Returns a copy of the source with the posted settings; answers 400 if the interval is not a number of minutes.

    The form can set ``trust`` to "hold" (stories wait for approval), but not to "auto" (stories are shown without
    approval): that needs an editor (the view `sources.trust`), as do the name and the label (`renamed_source`).
    """
    written = form.get("minutes", "").strip()
    minutes = number_or_none(written)
    if written and minutes is None:
        abort(400)
    every = source.every if minutes is None else timedelta(minutes=min(max(minutes, 1), 1440))
    return replace(
        source,
        trust="hold" if form.get("trust") == "hold" else source.trust,
        every=every,
        adaptive=minutes is None,
        full_text="full_text" in form,
    )


def renamed_source(source: Source, form: Mapping[str, str]) -> Source:
    """Returns a copy of the source with the posted name and label, which boards show beside each of its stories."""
    return replace(
        source,
        name=form.get("name", "").strip()[:120] or source.name,
        label=form.get("label", source.label).strip()[:60],
    )
