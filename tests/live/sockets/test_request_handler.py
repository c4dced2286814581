"""How many seconds a client may take to accept an answer, depending on how much of it is waiting."""

from __future__ import annotations

from server.live.sockets.request_handler import piece_seconds


def test_a_line_that_forty_screens_share_is_fast_enough_for_a_piece() -> None:
    share = 1_000_000 / 8 / 40  # bytes a second of 1 Mbit/s
    assert piece_seconds(64 * 1024, 10) > 64 * 1024 / share


def test_who_accepts_nothing_is_disconnected_about_as_soon_as_before_if_little_waits() -> None:
    assert piece_seconds(1_024, 10) == 12
