"""Gives templates the functions that every page of the desk needs; added by server.desk.app."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms import Field

from server.core.areas import in_a_sentence
from server.desk.web import bell, layout, names
from server.desk.web.alert_wording import level_name
from server.desk.web.context import DeskContext
from server.desk.web.dates import date_attributes, date_input
from server.desk.web.original_files import file_facts
from server.desk.web.refusals import said
from server.desk.web.unshown import my_unshown_sources
from server.static_files import Assets


def add_template_globals(app: Flask, desk: DeskContext, files: Assets) -> None:
    """Adds the functions for assets, rights, navigation and forms to the globals of the Jinja environment."""

    def asset(name: str) -> str:
        if name not in files.files:
            raise LookupError(f"no such asset: {name}")
        return url_for("assets", build=files.build, name=name)

    app.jinja_env.filters["said"] = said  # for sentences of core, feeds and the store
    app.jinja_env.filters["file_facts"] = file_facts
    app.jinja_env.globals.update(
        asset=asset,
        may=desk.may,
        my_areas=desk.areas,
        me=desk.maybe_person,
        tree=desk.tree,
        area_name=names.area_name,
        in_a_sentence=in_a_sentence,
        board_name=names.board_name,
        source_name=names.source_name,
        level_name=level_name,
        my_unshown_sources=my_unshown_sources,
        navigation=layout.navigation,
        who=layout.who,
        endpoints=lambda: app.view_functions,
        waiting=desk.waiting,
        agent_name=layout.agent_name,
        bell=bell.bell,
        csrf_field=_csrf_field,
        here=_here,
        asked=_asked,
        date_attributes=date_attributes,
        date_input=date_input,
        _tied=_aria_attributes,
    )


def _csrf_field() -> Markup:
    """Returns the HTML of the hidden CSRF field, for a form that is not made by WTForms."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _here(**changes: object) -> str:
    """Returns the address of the current page with some query parameters changed."""
    return url_for(str(request.endpoint), **_asked(**(request.view_args or {}), **changes))


def _asked(**changes: object) -> dict[str, Any]:
    """Returns the query parameters of the request with ``changes`` applied, as keyword arguments for ``url_for``.

    Leaves out the names that ``url_for`` treats as its own options: with ``_scheme`` and ``_external`` an attacker
    could make it return a "javascript:" link.
    """
    asked = {name: value for name, value in request.args.items() if not name.startswith("_") and name != "endpoint"}
    return {**asked, **changes}


def _aria_attributes(field: Field) -> dict[str, str]:
    """Returns attributes that connect a field with its help and error texts for screen readers (WCAG 3.3.1, ARIA)."""
    texts = [f"{field.id}-{part}" for part, there in (("help", field.description), ("wrong", field.errors)) if there]
    attributes = {"aria-describedby": " ".join(texts)} if texts else {}
    return attributes | ({"aria-invalid": "true"} if field.errors else {})
