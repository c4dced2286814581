"""Reads from a cell's style how its value is shown and whether it can be seen; called by server.media.sheet."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color

_WHITE = "FFFFFF"
_WHITE_INDEXES = (1, 9)
_WHITE_THEME = 0  # the background of the sheet, white in every theme of Excel


@dataclass(frozen=True, slots=True)
class CellStyle:
    """The style of a cell: ``format`` is the code of its number format.

    ``struck``: its text is struck out. ``unseen``: its text has the colour of its background.
    """

    format: str
    struck: bool
    unseen: bool


def style_of(cell: ReadOnlyCell) -> CellStyle:
    """Reads the style of an openpyxl cell; ``unseen`` is False if one of the two colours cannot be determined."""
    font, fill = cell.font, cell.fill
    background = _WHITE
    if not isinstance(fill, PatternFill):
        background = ""
    elif fill.fill_type is not None:
        background = _colour(fill.fgColor) if fill.fill_type == "solid" else ""
    ink = _colour(font.color) if font.color is not None else ""
    return CellStyle(str(cell.number_format), bool(font.strike), bool(ink) and ink == background)


def _colour(colour: Color) -> str:
    """Returns the colour as six hex digits; "" if the workbook's theme or the computer defines it."""
    if colour.type == "rgb":
        return str(colour.rgb)[-6:].upper()
    if colour.type == "theme":
        return _WHITE if colour.theme == _WHITE_THEME and not colour.tint else ""
    return _WHITE if colour.indexed in _WHITE_INDEXES else ""
