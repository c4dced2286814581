"""Addresses to return to after an action, accepted only if they lead to a page of the desk; called by views.

They come from the query, from a form or from the Referer header, so anybody can choose them: an address of another
site would be an open redirect (OWASP, "Unvalidated Redirects and Forwards").
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import request, url_for

# "//" and "\" begin a host in some browsers; dot segments leave /desk/.
_UNSAFE = re.compile(r"//|\\|/\.{1,2}(?:[/?#]|\Z)")


def is_desk_address(address: str) -> bool:
    """True if a browser that follows ``address`` stays at this host and below ``/desk/``.

    The strictest rule of several possible ones: the path must begin with ``/desk/``; no ``//``, no backslash, no dot
    segment and no control character may stand anywhere in it, percent-encoded or not.
    """
    decoded = unquote(address)
    return all(
        text.startswith("/desk/") and text.isprintable() and not _UNSAFE.search(text) for text in (address, decoded)
    )


def return_address(wanted: str, otherwise: str = "") -> str:
    """``wanted`` if it leads to a page of the desk, else ``otherwise``, which defaults to the desk's home page."""
    return wanted if is_desk_address(wanted) else otherwise or url_for("shell.home")


def referring_page(otherwise: str = "") -> str:
    """The desk page (path and query) that the request came from; ``otherwise`` or home if it came from elsewhere."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return return_address("", otherwise)
    return return_address(f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path, otherwise)
