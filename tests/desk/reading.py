"""The text of a page of the desk as a person reads it: without tags, scripts, styles and framed documents."""

from __future__ import annotations

import html
import re
from typing import Final

_UNSEEN: Final = re.compile(r"<(script|style|svg)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_SPOKEN: Final = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"')
_TAG: Final = re.compile(r"<[^>]*>")


def text_of(page: str, *, spoken: bool = False) -> str:
    """The words of a page, separated by single spaces.

    ``spoken`` adds the texts of tooltips and those that only screen readers speak.
    """
    seen = re.sub(r'srcdoc="[^"]*"', "", _UNSEEN.sub(" ", page))
    said = " ".join(_SPOKEN.findall(seen)) if spoken else ""
    return " ".join(html.unescape(f"{_TAG.sub(' ', seen)} {said}").split())
