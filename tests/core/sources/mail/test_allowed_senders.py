"""Letters may be allowed from single addresses and from whole domains, but not from those of everybody."""

from __future__ import annotations

import pytest

from server.core.sources.mail.allowed_senders import allowed_address


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Lan@MinhTan.vn ", "lan@minhtan.vn"),
        ("@MinhTan.vn", "@minhtan.vn"),
        ("xaminhtan@gmail.com", "xaminhtan@gmail.com"),
        ("xaminhtan@yahoo.com.vn", "xaminhtan@yahoo.com.vn"),
        ("@gmail.com.minhtan.vn", "@gmail.com.minhtan.vn"),
        ("@outlook.minhtan.gov.vn", "@outlook.minhtan.gov.vn"),
    ],
)
def test_addresses_and_domains_of_an_office_are_allowed(typed: str, stored: str) -> None:
    assert allowed_address(typed) == stored


@pytest.mark.parametrize(
    "typed", ["@gmail.com", " @GMail.com", "@yahoo.com", "@yahoo.com.vn", "@hotmail.co.uk", "@outlook.fr", "@mail.ru"]
)
def test_a_domain_where_anybody_has_an_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Ai cũng lập được địa chỉ"):
        allowed_address(typed)


@pytest.mark.parametrize("typed", ["", "lan", "Lan <lan@minhtan.vn>", "@vn", "minhtan.vn"])
def test_what_is_neither_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="không phải địa chỉ thư"):
        allowed_address(typed)
