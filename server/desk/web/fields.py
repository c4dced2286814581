"""The base class of the desk's forms, and the validator of required fields; used by the forms of every feature."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField
from wtforms.validators import InputRequired, ValidationError

from server.core.text_input import telephone_of
from server.core.times import FIRST_YEAR, LAST_YEAR, plausible
from server.desk.web.refusals import said

_LARGEST = 2**31 - 1  # the largest value of PostgreSQL's type INTEGER


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF carries no types
    """The base class of the desk's forms, which limits dates and numbers.

    A date outside the years FIRST_YEAR to LAST_YEAR, or an integer that does not fit into 32 bits, is replaced by
    None and the field gets an error. This happens even without validation, because previews use forms that are not
    validated. Control characters are removed by web.request.
    """

    def process(self, *args: object, **values: object) -> None:
        """Fills the fields from the request or from given values, then checks their limits.

        Called by the constructor.
        """
        super().process(*args, **values)
        for field in self:
            _bound(field)


def _bound(field: Field) -> None:
    value = field.data
    if value is None:
        return
    if isinstance(value, date) and not plausible(value):
        sentence = gettext("Năm phải từ %(first)s đến %(last)s", first=FIRST_YEAR, last=LAST_YEAR)
    elif isinstance(field, IntegerField) and abs(value) > _LARGEST:
        sentence = gettext("Số này quá lớn")
    else:
        return
    field.data = None
    field.process_errors = [*field.process_errors, sentence]


def is_telephone(_form: object, field: Field) -> None:
    """A WTForms validator that refuses what is no telephone number; an empty field passes."""
    try:
        telephone_of((field.data or "").strip())
    except ValueError as error:
        raise ValidationError(said(error)) from error


def required() -> InputRequired:
    """Returns a WTForms validator that refuses an empty field."""
    return InputRequired(lazy_gettext("Mục này chưa có gì"))
