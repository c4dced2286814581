"""The base of the desk's forms and the validator of required fields; used by the forms of every feature."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF carries no types
    """Flask-WTF's form; the only place that inherits from its untyped base class."""


def required() -> InputRequired:
    """A validator: the field must not be empty."""
    return InputRequired(lazy_gettext("Mục này chưa có gì"))
