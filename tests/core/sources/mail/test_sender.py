"""A letter has one sender, and a display name cannot make it look like another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.sources.mail.sender import Unclear, is_address, is_domain, sender


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("lan@xa.vn", "lan@xa.vn"),
        ("Lan <Lan@Xa.VN>", "lan@xa.vn"),
        ('"UBND, xã Minh Tân" <vanphong@minhtan.gov.vn>', "vanphong@minhtan.gov.vn"),
        ("=?utf-8?q?V=C4=83n_ph=C3=B2ng?= <vp@xa.vn>", "vp@xa.vn"),
        ('"lan@xa.vn" <lan@xa.vn>', "lan@xa.vn"),
        ("Lan\r\n\t<lan@xa.vn>", "lan@xa.vn"),
    ],
)
def test_the_address_of_the_one_sender(header: str, address: str) -> None:
    assert sender([header]) == address


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["lan@xa.vn", "ke@xau.vn"],
        ["lan@xa.vn, ke@xau.vn"],
        ["lan@xa.vn <ke@xau.vn>"],
        ['"lan@xa.vn" <ke@xau.vn>'],
        ["=?utf-8?q?lan=40xa.vn?= <ke@xau.vn>"],
        ["=?utf-8?b?bGFuQHhhLnZu?= <ke@xau.vn>"],
        ["<lan@xa.vn> <ke@xau.vn>"],
        ["Lan <lan@xa.vn> ke"],
        ["Lan <lan@xa.vn"],
        ["=?utf-8?q?lan=40xa.vn?="],
        ["Nhóm: lan@xa.vn;"],
        ["lan@xa.vn (ke@xau.vn)"],
        ['"lan"@xa.vn'],
        ["lan@xa"],
        ["lan@хa.vn"],
        ["lan@xa.vn\x00"],
        ["Lan <lan@xa..vn>"],
        ["@xau.vn:lan@xa.vn"],
        ["x" * 3000 + " <lan@xa.vn>"],
    ],
)
def test_what_is_not_clear_is_refused(headers: list[str]) -> None:
    with pytest.raises(Unclear):
        sender(headers)


@given(st.text(max_size=60))
def test_any_text_gives_a_plain_address_or_is_refused(text: str) -> None:
    try:
        found = sender([text])
    except Unclear:
        return
    assert is_address(found)


def test_a_domain_begins_with_an_at_sign() -> None:
    assert is_domain("@xa.vn")
    assert not is_domain("xa.vn")
    assert not is_domain("@vn")
    assert not is_domain("a@xa.vn")
