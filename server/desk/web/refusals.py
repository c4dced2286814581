"""Translates the error messages of server.core, server.media, server.store and feeds; called by the desk's views.

These packages write their messages in Vietnamese, because keepers (administrators) read them on the console, too.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, zip_longest

from flask_babel import get_locale

from server.desk.translations import content_words, refusals

ENGLISH = {**refusals.ENGLISH, **content_words.ENGLISH}
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")


def said(error: object, language: str = "") -> str:
    """Returns the message of an error in ``language`` ("vi" or "en"), by default the current user's.

    A message that has no translation is returned in Vietnamese.
    """
    sentence = str(error)
    if (language or _language()) != "en":
        return sentence
    found = in_english(sentence)
    if found is None:
        found = " ".join(in_english(part) or part for part in _SENTENCE_END.split(sentence))
    return found


def in_english(sentence: str) -> str | None:
    """Returns the English translation of a Vietnamese message; None if there is none.

    Names and numbers in it are kept.
    """
    if sentence in ENGLISH:
        return ENGLISH[sentence]
    for pattern, english in _patterns():
        if (match := pattern.fullmatch(sentence)) is not None:
            values = [in_english(one) or one for one in match.groups()]
            return "".join(chain.from_iterable(zip_longest(english.split("{}"), values, fillvalue="")))
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Returns the messages with placeholders "{}" as (pattern, English), the longest and most specific one first."""
    with_values = sorted((one for one in ENGLISH if "{}" in one), key=len, reverse=True)
    return tuple(
        (re.compile("(.*?)".join(map(re.escape, one.split("{}"))), re.DOTALL), ENGLISH[one]) for one in with_values
    )


def _language() -> str:
    locale = get_locale()
    return "vi" if locale is None else str(locale.language)
