"""Keeps cookies from one redirect of a fetch to the next, by the rules of http.cookiejar; called by http.

Some portals redirect until the client sends back the cookie that they have set. A cookie is sent only to the host
that set it, or to hosts below the domain in the cookie; that domain must not be shared by several sites.
"""

from __future__ import annotations

import http.cookiejar
import re
from email.message import Message
from http.client import HTTPResponse
from typing import cast
from urllib.request import Request

from feeds.download.links import domain_of

_MOST = 30
# A header that may be parsed. http.cookiejar prints a traceback for a Max-Age of hundreds of digits.
_USABLE = re.compile(r"(?!.*max-age\s*=\W*\d{12})[ -~\xa0-\xff]{1,4000}", re.IGNORECASE)


class CookieJar:
    """The cookies of one fetch. Of each response at most 30 cookies are kept."""

    def __init__(self) -> None:
        self._jar = http.cookiejar.CookieJar(_OneSite(strict_ns_domain=_OneSite.DomainStrictNonDomain))

    def store(self, url: str, headers: list[str]) -> None:
        """Keeps the cookies in ``headers``, the ``Set-Cookie`` headers of the response from ``url``.

        Ignored are cookies for another site, and headers with control characters, with more than 4,000 characters or
        with an age of 12 digits or more.
        """
        response = _Response(list(filter(_USABLE.fullmatch, headers[:_MOST])))
        self._jar.extract_cookies(cast(HTTPResponse, response), Request(url))  # noqa: S310 (nothing is opened)

    def header(self, url: str) -> str:
        """Returns the value of the ``Cookie`` header for a request to ``url``, "" if there is no cookie for it."""
        request = Request(url)  # noqa: S310 (nothing is opened)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""


class _OneSite(http.cookiejar.DefaultCookiePolicy):
    """Refuses cookies for a domain that several sites share, such as gov.vn."""

    def set_ok_domain(self, cookie: http.cookiejar.Cookie, request: Request) -> bool:
        """Returns whether the host of ``request`` may set this cookie; overrides the check of http.cookiejar."""
        shared = cookie.domain_specified and domain_of(request.full_url).endswith(cookie.domain)
        return not shared and super().set_ok_domain(cookie, request)


class _Response:
    """The part of a response that http.cookiejar uses: its ``Set-Cookie`` headers."""

    def __init__(self, cookies: list[str]) -> None:
        self._headers = Message()
        for cookie in cookies:
            self._headers["Set-Cookie"] = cookie

    def info(self) -> Message:
        """Returns the headers of the response; http.cookiejar calls this method."""
        return self._headers
