"""Takes the word "Diễn tập" off headlines to which the program adds it; called by slides, content, desk.

Every place that shows a drill marks it. Editors write the word into the headline as well, and "DIỄN TẬP: Diễn tập: …"
would take the space of the message.
"""

from __future__ import annotations

import re
from dataclasses import replace

from server.core.model import Notice

_WORD = re.compile(r"^[\s(\[]*diễn tập\s*(?:[)\]]\s*[:.,–—-]*|[:.,–—-]+)\s*", re.IGNORECASE)


def without_mark(notice: Notice) -> Notice:
    """Returns the notice with a headline that can follow a mark such as "DIỄN TẬP:".

    Only an editor's own drill is changed, and only if its headline begins with the word as a mark ("Diễn tập: …").
    """
    if not notice.exercise or notice.is_received:
        return notice
    return replace(notice, headline=unmarked(notice.headline))


def unmarked(headline: str) -> str:
    """Returns the headline of a drill without the mark at its beginning, if anything follows that."""
    rest = _WORD.sub("", headline)
    return rest[0].upper() + rest[1:] if rest else headline
