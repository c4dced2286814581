"""Authors get a warning for each thing that makes an announcement hard to read."""

from __future__ import annotations

import pytest

from server.core.model import Announcement, Attachment, Format
from server.core.typesetting.legibility import Rendering, warnings
from tests import cast

NEAR, FAR = Format("landscape", "S"), Format("landscape", "XL")
SMALL, WITHOUT_ALT = Attachment("a" * 16, "Chợ", 640, 480), Attachment("b" * 16, " ", 1920, 480)
SHORT = Rendering(NEAR, "Chợ", (8_000,))
PAGE = Attachment("a" * 16, "Trang 1", 1527, 2160)


@pytest.mark.parametrize(
    ("announcement", "rendering", "says"),
    [
        (cast.announcement(), Rendering(NEAR, "Chợ", (9_000,) * 5), "5 trang, 45 giây ở «Chợ»"),
        (cast.announcement(), Rendering(NEAR, "Chợ", (40_000, 30_000)), "2 trang, 70 giây"),
        (
            cast.announcement(kind="pdf", attachments=(PAGE,)),
            Rendering(FAR, "Sân", (15_000,)),
            "«Sân» được xem từ xa",
        ),
        (cast.announcement(kind="pictures", attachments=(SMALL,)), SHORT, "640"),
        (cast.announcement(kind="pictures", attachments=(WITHOUT_ALT,)), SHORT, "mô tả"),
    ],
)
def test_one_warning_for_each_difficulty(announcement: Announcement, rendering: Rendering, says: str) -> None:
    (sentence,) = warnings(announcement, [rendering])
    assert says in sentence


def test_easy_announcements_have_no_warnings() -> None:
    short = [Rendering(NEAR, "Chợ", (8_000, 8_000)), Rendering(FAR, "Chợ", (8_000,))]
    assert warnings(cast.announcement(), short) == ()
    pages = cast.announcement(kind="pdf", attachments=(PAGE,) * 8)
    assert warnings(pages, [Rendering(NEAR, "Chợ", (15_000,) * 8)]) == ()
