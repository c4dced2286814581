"""The desk's request class and URL converters, which clean and limit all input; used by server.desk.app.

Views, WTForms and Flask-Security all read the same request object, so none of them sees a control character, or an id
in the address that is too large for the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from flask import Request
from flask_babel import get_locale
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.routing import BaseConverter, PathConverter, UnicodeConverter, ValidationError

from server.core.text_input import LARGEST_NUMBER, cleaned, cleaned_tree
from server.desk.translations.form_errors import FormSentences

V = TypeVar("V")


class CleanValues(ImmutableMultiDict[str, Any]):
    """The values of a query, a form or its files, with control characters removed by `cleaned`.

    Applies to the names of fields, to texts and to file names. A part of a form without a name has the name "".
    """

    def __init__(self, mapping: MultiDict[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        pairs = MultiDict(mapping).items(multi=True)
        # werkzeug gives a part of multipart/form-data that has no name the name None.
        named: Iterable[tuple[str | None, Any]] = pairs
        super().__init__([(cleaned(name or ""), _cleaned_value(value)) for name, value in named])


class CleanRequest(Request):
    """A request without control characters in its query, form, file names and JSON."""

    parameter_storage_class = CleanValues

    @property
    def wtforms_translations(self) -> FormSentences:
        """The translations of WTForms' error messages; Flask-WTF looks for them under this name.

        WTForms itself has none in Vietnamese.
        """
        locale = get_locale()
        return FormSentences("vi" if locale is None else str(locale.language))

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Returns the JSON body, with control characters removed from every text in it.

        Lists or objects that are nested too deeply for the parser are answered like a body that is no JSON.
        """
        try:
            return cleaned_tree(super().get_json(force=force, silent=silent, cache=cache))
        except RecursionError as error:
            if silent:
                return None
            raise BadRequest from error


def _cleaned_value(value: V) -> V | str:
    if isinstance(value, FileStorage):
        value.filename = cleaned(value.filename or "")
        return value
    return cleaned(value) if isinstance(value, str) else value


class _CleanText(UnicodeConverter):
    """A URL converter for one segment of a path; 404 if it contains a control character."""

    def to_python(self, value: str) -> str:
        return _clean_or_404(value)


class _CleanPath(PathConverter):
    """A URL converter for the remaining part of a path, with its slashes; 404 if it contains a control character."""

    def to_python(self, value: str) -> str:
        return _clean_or_404(value)


class _Id(BaseConverter):
    """A URL converter for an id: 1 to 2^63-1 in ASCII digits without leading zeros; 404 for anything else."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        found = int(value)
        if found > LARGEST_NUMBER:
            raise ValidationError
        return found


def _clean_or_404(value: str) -> str:
    if cleaned(value) != value:
        # Not ValidationError: where two rules differ in their methods alone, werkzeug would answer 405.
        raise NotFound
    return value


CONVERTERS: dict[str, type[BaseConverter]] = {
    "default": _CleanText,
    "string": _CleanText,
    "path": _CleanPath,
    "int": _Id,
}
"""Converter name -> class; they replace werkzeug's converters of the same names."""
