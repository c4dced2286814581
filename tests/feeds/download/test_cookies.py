"""Which sites a cookie is sent to."""

from __future__ import annotations

import pytest

from feeds.download.cookies import CookieJar


@pytest.mark.parametrize(
    ("domain", "address", "sent"),
    [
        ("hanoi.gov.vn", "https://so.hanoi.gov.vn/", "cua=mo"),
        ("hanoi.gov.vn", "https://hanoi.gov.vn/", "cua=mo"),
        ("hanoi.gov.vn", "https://hue.gov.vn/", ""),
        ("gov.vn", "https://hue.gov.vn/", ""),
        ("gov.vn", "https://hanoi.gov.vn/", ""),
        ("vn", "https://hanoi.gov.vn/", ""),
    ],
)
def test_no_cookie_is_shared_by_several_sites(domain: str, address: str, sent: str) -> None:
    jar = CookieJar()
    jar.store("https://hanoi.gov.vn/", [f"cua=mo; Path=/; Domain={domain}"])
    assert jar.header(address) == sent
