"""Keeps names and compound words of a headline on one line with no-break spaces; called by slides and desk.public.

Vietnamese writes the syllables of a word apart, so a browser breaks lines within names ("Hưng / Yên") and words
("đổ / bộ"), which makes a notice in large type hard to read. compounds.py lists the compound words.
"""

from __future__ import annotations

import re
import unicodedata

from server.core.typesetting.compounds import COMPOUNDS
from server.core.typesetting.paging import NO_BREAK, tidy

# In syllables. A longer name is not kept whole, because too few places for a line break would be left.
LONGEST_NAME = 3
_WORD = re.compile(r"[^ \n\u00a0]+")
# Longer words come first, because a regular expression takes the first alternative that matches.
_COMPOUND = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(COMPOUNDS, key=len, reverse=True)))})(?!\w)", re.IGNORECASE
)


def tidy_title(text: str) -> str:
    """A title or heading ready for slides: tidy, with its names and compounds kept whole."""
    return keep_names_whole(tidy(text))


def keep_names_whole(text: str) -> str:
    """``text`` in NFC, with no-break spaces within names of two or three syllables and within compounds."""
    text = unicodedata.normalize("NFC", text)
    if not text.isupper():
        text = _bind_names(text)
    return _COMPOUND.sub(lambda match: match[0].replace(" ", NO_BREAK), text)


def _bind_names(text: str) -> str:
    """``text`` with no-break spaces in every sequence of two or three capitalized words."""
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
