"""Checks addresses to return to after an action: only pages of the desk are accepted; called by the views.

These addresses come from the query, from a form or from the Referer header, so an attacker can choose them. To accept
an address of another site would be an open redirect (OWASP, "Unvalidated Redirects and Forwards").
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import request, url_for

# Some browsers read "//" and "\" as the beginning of a host; dot segments ("/../") lead out of /desk/.
_UNSAFE = re.compile(r"//|\\|/\.{1,2}(?:[/?#]|\Z)")


def is_desk_address(address: str) -> bool:
    """True if a browser that follows ``address`` stays at this host and below ``/desk/``.

    The rule is stricter than necessary: the path must begin with ``/desk/``, and it must contain no ``//``, no
    backslash, no dot segment and no control character, percent-encoded or not.
    """
    decoded = unquote(address)
    return all(
        text.startswith("/desk/") and text.isprintable() and not _UNSAFE.search(text) for text in (address, decoded)
    )


def return_address(wanted: str, otherwise: str = "") -> str:
    """Returns ``wanted`` if it leads to a page of the desk, else ``otherwise``, by default the desk's home page."""
    return wanted if is_desk_address(wanted) else otherwise or url_for("shell.home")


def referring_page(otherwise: str = "") -> str:
    """Returns the path and query of the desk's page in the Referer header.

    If the header names no page of the desk: ``otherwise``, or the home page if that is "".
    """
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return return_address("", otherwise)
    return return_address(f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path, otherwise)
