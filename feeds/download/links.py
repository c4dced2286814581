"""Repairs, resolves and compares the URLs that sources contain; used by feeds, the worker, the desk and the store."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from url_normalize import url_normalize

from feeds.limits import MAX_LINK

_HTTP = re.compile(r"(https?):/*(?=[^/])", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_TRACKING = re.compile(
    r"utm_\w+|at_(?:medium|campaign|link\w*)|mc_[ce]id|(?:fb|g|y|d|ms|tt|zar)cl(?:k)?id|igshid|_ga|wt_z?mc|xtor|"
    r"zarsrc|cmpid|ns_campaign|ref_src",
    re.I,
)
_TRACKING_FRAGMENT = re.compile(r"(?:utm_|xtor|at_|ref[-=])", re.I)
# Labels below a country's domain under which names are registered, as in gov.vn; in place of a public-suffix list.
_SHARED = {"gov", "com", "edu", "org", "net", "ac", "co", "info", "name", "int", "health", "mil", "pro", "biz", "id"}
_SAFE = "%/:=&?~#+!$,;'@()*[]"


def absolute(link: str, base: str) -> str:
    """Returns ``link`` as an absolute http(s) URL in ASCII, or "" if it cannot be one or is longer than ``MAX_LINK``.

    Relative links are resolved against ``base`` (a URL, or ""); ``http:host/…`` is repaired; spaces and letters
    beyond ASCII are escaped.
    """
    link = _CONTROL.sub("", unicodedata.normalize("NFC", link)).strip().replace("\\", "/")
    if not link:
        return ""
    try:
        return _checked(_joined(link, base))
    except ValueError:  # brackets without an IPv6 address, a label that is too long
        return ""


def _joined(link: str, base: str) -> str:
    repaired = _HTTP.match(link)
    if repaired:
        return f"{repaired.group(1).lower()}://{link[repaired.end() :]}"
    if link.startswith("//"):
        return f"{urlsplit(base).scheme or 'https'}:{link}"
    if link.lower().startswith("www."):
        return f"http://{link}"
    return link if _SCHEME.match(link) else urljoin(base, link)


def _checked(link: str) -> str:
    parts = urlsplit(link)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"']", host):
        return ""
    netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    whole = urlunsplit(
        (parts.scheme, netloc, *(quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment)))
    )
    return whole if len(whole) <= MAX_LINK and parts.port != 0 else ""


def canonical(link: str) -> str:
    """Returns a key that is equal for different URLs of the same page; only for comparison, not for fetching.

    The key is the URL with ``https``, without tracking parameters, normalized by url-normalize.
    """
    try:
        parts = urlsplit(url_normalize(link) or link)
        query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    except ValueError:
        return link
    fragment = "" if _TRACKING_FRAGMENT.match(parts.fragment) else parts.fragment
    netloc = parts.netloc.removesuffix(":80") if parts.scheme == "http" else parts.netloc
    return urlunsplit(("https", netloc, parts.path, urlencode(query) if query else "", fragment))


def source_key(address: str) -> str:
    """Returns a key that is equal for all spellings of a source's address, for comparison only.

    It is the result of `canonical` without "/" at the path's end.
    """
    path, mark, query = canonical(address).partition("?")
    return path.rstrip("/") + mark + query


def same_domain(one: str, other: str) -> bool:
    """Returns whether two URLs have the same registrable domain, and so presumably the same owner."""
    mine, theirs = domain_of(one), domain_of(other)
    return bool(mine) and mine == theirs


def domain_of(address: str) -> str:
    """Returns the registrable domain of a URL: the last two labels of its host, three below ``gov.vn`` and the like.

    If the host is an IP address, returns that; "" if the URL has no host.
    """
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    labels = host.split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    shared = len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3:] if shared else labels[-2:])
