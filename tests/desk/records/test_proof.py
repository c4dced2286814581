"""Former addresses of the proof of play, which bookmarks may still have, redirect to the present ones."""

from __future__ import annotations

import pytest

from tests.cast import EDITOR
from tests.desk.office import Office


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("/desk/receipts/", "/desk/proof/"),
        ("/desk/receipts/?board=hoi-truong&q=h%E1%BB%8Dp", "/desk/proof/?board=hoi-truong&q=h%E1%BB%8Dp"),
        ("/desk/receipts/proof.csv?from=2026-03-09", "/desk/proof/proof.csv?from=2026-03-09"),
        ("/desk/receipts/item/announcement:5?to=2026-03-09", "/desk/proof/item/announcement:5?to=2026-03-09"),
    ],
)
def test_a_former_address_redirects_for_good_to_the_same_page(office: Office, former: str, present: str) -> None:
    browser = office.browser(EDITOR)
    answer = browser.get(former)
    assert answer.status_code == 301
    assert answer.headers["Location"].replace("%3A", ":") == present
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_a_former_address_without_a_slash_leads_there_too(office: Office) -> None:
    answer = office.browser(EDITOR).get("/desk/receipts", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, "/desk/proof/")


def test_a_redirect_leads_nowhere_else(office: Office) -> None:
    answer = office.browser(EDITOR).get("/desk/receipts/a%3Fb/%5Cx.example")
    assert answer.headers["Location"] == "/desk/proof/a%3Fb/%5Cx.example"
