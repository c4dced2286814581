"""Signs in by the pages of the desk, as a person would; used by the sign-in tests."""

from __future__ import annotations

import re
import time

from passlib.totp import TOTP
from werkzeug.test import TestResponse

from server.store.people import one_time_links, people
from tests.cast import Person
from tests.desk.office import PASSWORD, Browser, Office


def set_password(office: Office, person: Person, password: str = PASSWORD) -> None:
    """Sets a person's password by a one-time link, as an invited person does."""
    held = people.get(office.db, person.slug)
    token = one_time_links.make(
        office.db, "invite", person=held.id, by="os:root", now=office.now, lasts=one_time_links.INVITE_LASTS
    )
    browser = office.browser()
    answer = browser.post(f"/desk/welcome/{token}", {"password": password, "again": password})
    assert answer.status_code == 303, answer.text
    browser.post("/desk/logout")


def sign_in(office: Office, who: str, password: str = PASSWORD) -> tuple[Browser, TestResponse]:
    """Posts the sign-in form in a new browser; returns the browser and the answer."""
    browser = office.browser()
    return browser, browser.post("/desk/login", {"email": who, "password": password})


def code_of(secret: str, steps_ahead: int = 0) -> str:
    """The TOTP code of ``secret`` now, or ``steps_ahead`` steps of 30 s later.

    It is computed by the real clock, because the library that checks it reads that clock too.
    """
    at = time.clock_gettime(time.CLOCK_REALTIME) + 30 * steps_ahead
    return str(TOTP(key=secret, new=False).generate(at).token)


def set_up_codes(browser: Browser) -> str:
    """Sets up an authenticator app by the pages of the desk; returns its TOTP secret."""
    page = browser.post("/desk/tf-setup", {"setup": "authenticator"})
    key = re.search(r'class="key">([^<]+)<', page.text)
    action = re.search(r'action="(/desk/tf-(?:setup|validate)[^"]*)" class="form"', page.text)
    assert key is not None
    assert action is not None, page.text
    secret = key[1].replace("-", "").replace(" ", "")
    done = browser.post(action[1], {"code": code_of(secret)})
    assert done.status_code == 302, done.text
    return secret
