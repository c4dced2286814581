"""A drill is called one once: the word that the program adds is not repeated by the headline."""

from __future__ import annotations

import pytest

from server.core.notices.drills import without_mark
from tests.cast import notice


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Diễn tập: sơ tán thôn Đông", "Sơ tán thôn Đông"),
        ("DIỄN TẬP - Vỡ đê", "Vỡ đê"),
        ("[Diễn tập] Vỡ đê", "Vỡ đê"),
        ("Diễn tập. Vỡ đê", "Vỡ đê"),
        ("Diễn tập cứu hộ tại sông Luộc", "Diễn tập cứu hộ tại sông Luộc"),
        ("Diễn tập:", "Diễn tập:"),
        ("Vỡ đê", "Vỡ đê"),
    ],
)
def test_the_word_is_taken_off_where_it_is_only_a_mark(typed: str, shown: str) -> None:
    assert without_mark(notice(headline=typed, exercise=True)).headline == shown


def test_real_notices_and_official_words_stay() -> None:
    typed = "Diễn tập: vỡ đê"
    assert without_mark(notice(headline=typed)).headline == typed
    received = notice(headline=typed, exercise=True, origin="cap:1", created_by="system")
    assert received.is_received
    assert without_mark(received).headline == typed
