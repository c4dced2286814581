"""Senders: one fixed address for each area, on its own domain."""

from __future__ import annotations

import pytest

from server.core.alerts.senders import SENDER, own_senders, sender_of
from server.core.areas import AreaTree
from tests.cast import AREAS

TREE = AreaTree(AREAS)
URL = "https://bangtin.example.vn:8443/"
CONFIGURED = {"tinh": "canhbao@hungyen.example.vn", "xa-dong-hai": "donghai@example.vn"}


@pytest.mark.parametrize(
    ("areas", "configured", "sender"),
    [
        (("xa-dong-hai",), CONFIGURED, "donghai@example.vn"),
        (("xa-minh-tan",), CONFIGURED, "canhbao@hungyen.example.vn"),
        (("xa-minh-tan",), {}, "xa-minh-tan@bangtin.example.vn"),
        (("xa-dong-hai", "xa-minh-tan"), CONFIGURED, "canhbao@hungyen.example.vn"),
        (("xa-dong-hai", "xa-minh-tan"), {}, "tinh@bangtin.example.vn"),
    ],
)
def test_the_sender_is_that_of_the_lowest_area_above_all(
    areas: tuple[str, ...], configured: dict[str, str], sender: str
) -> None:
    assert sender_of(areas, TREE, configured, URL) == sender
    assert sender in own_senders(TREE, configured, URL)
    assert SENDER.fullmatch(sender)
