"""People are told before they send what nobody will be able to read."""

from __future__ import annotations

from typing import Any

import pytest

from server.core.model import Attachment, Format
from server.core.typesetting.legibility import Drawn, warnings
from tests import cast

NEAR, FAR = Format("landscape", "S"), Format("landscape", "XL")
SMALL, SILENT = Attachment("a" * 16, "Chợ", 640, 480), Attachment("b" * 16, " ", 1920, 480)
NOTICED = Drawn(NEAR, "Chợ", (8_000,))
PAGE = Attachment("a" * 16, "Trang 1", 1527, 2160)


@pytest.mark.parametrize(
    ("changes", "drawn", "says"),
    [
        ({}, Drawn(NEAR, "Chợ", (9_000,) * 5), "5 trang, 45 giây ở «Chợ»"),
        ({}, Drawn(NEAR, "Chợ", (40_000, 30_000)), "2 trang, 70 giây"),
        ({"kind": "pdf", "attachments": (PAGE,)}, Drawn(FAR, "Sân", (15_000,)), "«Sân» được xem từ xa"),
        ({"kind": "pictures", "attachments": (SMALL,)}, NOTICED, "640"),
        ({"kind": "pictures", "attachments": (SILENT,)}, NOTICED, "mô tả"),
    ],
)
def test_what_is_hard_to_read_is_said(changes: dict[str, Any], drawn: Drawn, says: str) -> None:
    (sentence,) = warnings(cast.announcement(**changes), [drawn])
    assert says in sentence


def test_what_is_easy_to_read_is_not_remarked_on() -> None:
    assert warnings(cast.announcement(), [Drawn(NEAR, "Chợ", (8_000, 8_000)), Drawn(FAR, "Chợ", (8_000,))]) == ()
    pages = cast.announcement(kind="pdf", attachments=(PAGE,) * 8)
    assert warnings(pages, [Drawn(NEAR, "Chợ", (15_000,) * 8)]) == ()
