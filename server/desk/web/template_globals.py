"""Functions that every template of the desk can call; added by server.desk.app."""

from __future__ import annotations

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms import Field

from server.desk.web import layout
from server.desk.web.context import DeskContext
from server.static_files import Assets


def add_template_globals(app: Flask, desk: DeskContext, files: Assets) -> None:
    """Assets, rights, navigation and form helpers as globals of the template environment."""

    def asset(name: str) -> str:
        if name not in files.files:
            raise LookupError(f"no such asset: {name}")
        return url_for("assets", build=files.build, name=name)

    app.jinja_env.globals.update(
        asset=asset,
        may=desk.may,
        my_areas=desk.areas,
        me=desk.maybe_person,
        tree=desk.tree,
        navigation=layout.navigation,
        who=layout.who,
        endpoints=lambda: app.view_functions,
        waiting=desk.waiting,
        agent_name=layout.agent_name,
        messages=layout.messages,
        csrf_field=_csrf_field,
        here=_here,
        _tied=_aria_attributes,
    )


def _csrf_field() -> Markup:
    """The hidden CSRF field for a form that is not a WTForms one."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _here(**changes: object) -> str:
    """The address of the current page with some query parameters changed."""
    return url_for(str(request.endpoint), **{**request.args.to_dict(), **(request.view_args or {}), **changes})


def _aria_attributes(field: Field) -> dict[str, str]:
    """Attributes that connect a field with its help and error texts for screen readers (WCAG 3.3.1, ARIA)."""
    texts = [f"{field.id}-{part}" for part, there in (("help", field.description), ("wrong", field.errors)) if there]
    attributes = {"aria-describedby": " ".join(texts)} if texts else {}
    return attributes | ({"aria-invalid": "true"} if field.errors else {})
