"""Return addresses: whatever a request contains, the browser is sent to an address of this host below /desk/."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.desk.web.return_address import is_desk_address, referring_page, return_address
from tests.desk.office import Office

NASTY = st.lists(
    st.sampled_from(
        [
            "/desk/",
            "/",
            "\\",
            ".",
            "..",
            "%2e",
            "%2F",
            "%5c",
            "desk",
            "https:",
            "x.example",
            "?",
            "#",
            "@",
            "\t",
            "\n",
        ]
    )
).map("".join)


@given(st.one_of(st.text(), NASTY, NASTY.map("/desk/".__add__)))
def test_an_accepted_address_leads_below_the_desk(address: str) -> None:
    if not is_desk_address(address):
        return
    # Browsers drop tabs and line ends, read a backslash as a slash and resolve encoded dots.
    for read in (address, unquote(address)):
        cleaned = read.translate({ord(mark): None for mark in "\t\r\n"}).replace("\\", "/")
        led_to = urlsplit(urljoin("https://bangtin.example/desk/people/", cleaned))
        assert led_to.netloc == "bangtin.example"
        assert led_to.path.startswith("/desk/")


@given(st.lists(st.sampled_from(["people", "nguyễn an", "a.b", "x-1"]), min_size=1).map("/".join))
def test_an_ordinary_page_is_accepted(path: str) -> None:
    assert is_desk_address(f"/desk/{path}")
    assert is_desk_address(f"/desk/{path}?area=xa-minh-tan&page=2")


@pytest.mark.parametrize(
    "address",
    [
        "", "/desk", "/x", "https://x.example/desk/", "//x.example/desk/", "/desk//x.example", "/desk/\\x",
        "/desk/../screen", "/desk/%2e%2e/screen", "/desk/..", "/desk/\t/x", "/desk/%2F/x", "/desk/%0a",
    ],
)  # fmt: skip
def test_another_address_is_refused(office: Office, address: str) -> None:
    with office.app.test_request_context("/desk/"):
        assert return_address(address) == "/desk/"
        assert return_address(address, "/desk/queue/") == "/desk/queue/"


@pytest.mark.parametrize(
    ("referrer", "page"),
    [
        ("http://localhost/desk/people/lan?area=tinh", "/desk/people/lan?area=tinh"),
        ("http://localhost/desk/queue/", "/desk/queue/"),
        ("http://x.example/desk/queue/", "/desk/"),
        ("http://localhost/screen", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_the_referring_page_is_one_of_the_desk(office: Office, referrer: str, page: str) -> None:
    with office.app.test_request_context("/desk/seen", headers={"Referer": referrer}):
        assert referring_page() == page
