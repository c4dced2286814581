"""Keeps names and compound words of a headline on one line with no-break spaces; called by slides and desk.public.

Vietnamese writes the syllables of a word apart, so a browser breaks lines within names ("Hưng / Yên") and words
("đổ / bộ"), which makes a notice in large type hard to read. compounds.py lists the compound words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from server.core.typesetting.compounds import NEWS, WARNINGS
from server.core.typesetting.paging import JOINER, NO_BREAK, tidy

# In syllables. A longer name is not kept whole, because too few places for a line break would be left.
LONGEST_NAME = 3
_WORD = re.compile(r"[^ \n\u00a0]+")
# The number of a document, such as "12/TB-UBND" or "15/2026/QĐ-UBND".
_DOCUMENT = re.compile(r"(?<!\w)\d+(?:/\w+)*/\w+(?:-\w+)+")


def _any_of(compounds: Iterable[str]) -> re.Pattern[str]:
    """Returns a pattern for ``compounds``, the longest first, because the first alternative that matches is taken."""
    words = sorted(compounds, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


_OF_WARNINGS = _any_of(WARNINGS)
_OF_TITLES = _any_of((*WARNINGS, *NEWS))


def tidy_title(text: str) -> str:
    """Returns a title for slides: `tidy`, with short names, compounds and numbers of documents kept on one line.

    Names are kept as by `keep_names_whole`. `JOINER` follows the hyphens in numbers of documents; slides.templating
    wraps such a word in an element that is never broken.
    """
    bound = _bind(tidy(text), _OF_TITLES)
    return _DOCUMENT.sub(lambda match: match[0].replace("-", f"-{JOINER}"), bound)


def keep_names_whole(text: str) -> str:
    """Returns ``text`` in NFC with no-break spaces in names of two or three syllables and in words of warnings.

    The words are compounds that warnings use. The large type of notices leaves no room for keeping more compounds
    whole.
    """
    return _bind(unicodedata.normalize("NFC", text), _OF_WARNINGS)


def _bind(text: str, compounds: re.Pattern[str]) -> str:
    if not text.isupper():
        text = _bind_names(text)
    return compounds.sub(lambda match: match[0].replace(" ", NO_BREAK), text)


def _bind_names(text: str) -> str:
    """Returns ``text`` with no-break spaces in every sequence of two or three capitalized words."""
    letters: list[str] = list(text)
    names: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text):
        before = names[-1][-1] if names and names[-1] else None
        if not match[0][0].isupper():
            names.append([])
        elif before and before.end() == match.start() - 1 and before[0][-1].isalnum():
            names[-1].append(match)
        else:
            names.append([match])
    for name in names:
        if 1 < len(name) <= LONGEST_NAME:
            for word in name[1:]:
                letters[word.start() - 1] = NO_BREAK
    return "".join(letters)


def unbound(text: str) -> str:
    """Returns the text with ordinary spaces and without `JOINER`, for lists, alternative texts and plain text."""
    return text.replace(NO_BREAK, " ").replace(JOINER, "")
