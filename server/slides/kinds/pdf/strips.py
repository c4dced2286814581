"""Divides an upright page of paper into strips of the screen's full width, each a slide; called by the pdf kind.

If a whole A4 page is shown on a landscape board, its type is only a third as large as it must be at the board's
distance. In full width its type is as large as the text of boards of size S. A strip repeats the last lines of the
strip before, so that no line is cut at an edge. For larger size classes even this type is too small; there people can
read the title, which has a slide of its own before the page.
"""

from __future__ import annotations

from math import ceil

from server.core.model import Attachment, Format
from server.core.typesetting import page_ratios
from server.core.typesetting.formats import stage
from server.slides.layout.space import Arrangement, column_width, kicker_height

OVERLAP = 0.04
"""The share of the page's height that a strip repeats of the strip before: about two lines of a letter."""
MOST_STRIPS = 6
WHOLE = 0.9
"""A page that fills at least this share of the width when it is shown whole is not divided."""
WHOLE_IN_PORTRAIT = 0.75
"""The same share in portrait, where strips would hardly be larger than the whole page."""
PAD = 12


def strips(page: Attachment, format: Format, kicker: str) -> int:
    """The number of strips for a page: 1 if the page is shown whole, 0 if it should be shown beside the title.

    ``kicker`` is the line above the page which says what part is shown.
    """
    ratio, space = max(page.width, 1) / max(page.height, 1), stage(format)
    height = _height(format, kicker)
    filled = height * ratio / space.width
    if format.layout == "portrait":
        return 1 if filled >= WHOLE_IN_PORTRAIT and ratio < 1 else 0
    if filled >= WHOLE or ratio > page_ratios.STRIPS:
        return 1 if ratio <= page_ratios.STRIPS or ratio >= page_ratios.WHOLE else 0
    full = space.width / ratio
    found = ceil((full - OVERLAP * full) / (height - OVERLAP * full))
    return found if 0 < found <= MOST_STRIPS else 0


def _height(format: Format, kicker: str) -> float:
    """The height in canvas units that is left for the page below the kicker; style.css has the same padding."""
    width = column_width(Arrangement(format, kicker))
    return stage(format).height - kicker_height(kicker, width, format) - PAD
