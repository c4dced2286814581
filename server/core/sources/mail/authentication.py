"""Decides whether a mail server has authenticated the domain of a sender (Authentication-Results, RFC 8601).

Called by judgement. Only the first header of the server that the keeper has named counts: a sender can write such
headers himself, but the receiving server puts its own on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from server.core.sources.mail.results_tokens import Malformed, Token, tokens

Fault = Literal["no-authserv", "no-results", "bad-results", "failed"]
"""Why a sender is not authenticated.

``no-authserv``: the keeper has named no server. ``no-results``: the mail has no header of that server.
``bad-results``: its header does not follow the grammar. ``failed``: it says nothing that proves the sender's domain.
"""


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What the server says of one method, such as "dkim" and "pass".

    ``properties`` maps names such as "header.d" to values; names and ``result`` are in lower case.
    """

    method: str
    result: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Results:
    """A whole header: the name of the ``server`` that wrote it, in lower case, and its results in order."""

    server: str
    methods: tuple[MethodResult, ...]


def fault(headers: Sequence[str], authserv: str, domain: str) -> Fault | None:
    """Why mail from ``domain`` is not authenticated; None if it is.

    ``headers`` are the values of all headers Authentication-Results, topmost first; ``authserv`` is the name of the
    server whose word counts.
    """
    wanted = authserv.strip().lower()
    if not wanted:
        return "no-authserv"
    try:
        for header in headers:
            if server_of(header) == wanted:
                return None if _proves(read(header), domain.lower()) else "failed"
    except Malformed:
        return "bad-results"
    return "no-results"


def server_of(header: str) -> str:
    """The name of the server that wrote the header, in lower case. Raises Malformed."""
    head = list(takewhile(lambda token: token.kind != ";", tokens(header)))
    versioned = len(head) == 2 and head[1].text.isdigit()
    if not head or head[0].kind == "=" or not (len(head) == 1 or versioned):
        raise Malformed("no name of a server")
    return head[0].text.lower()


def read(header: str) -> Results:
    """The results in a header. Raises Malformed."""
    sections: list[list[Token]] = [[]]
    for token in tokens(header):
        if token.kind == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    found = [_method(section) for section in sections[1:] if section]
    return Results(server_of(header), tuple(one for one in found if one is not None))


def _method(section: Sequence[Token]) -> MethodResult | None:
    """The result in one section; None for "none", which says that nothing was checked. Raises Malformed."""
    if len(section) == 1 and section[0].text.lower() == "none":
        return None
    pairs = list(_pairs(section))
    (name, value), rest = pairs[0], pairs[1:]
    method = name.partition("/")[0]
    if not method or "." in method:
        raise Malformed("no method")
    properties: dict[str, str] = {}
    for key, text in rest:
        if key in properties:
            raise Malformed(f"{key} twice")
        properties[key] = text
    return MethodResult(method, value.lower(), properties)


def _pairs(section: Sequence[Token]) -> Iterable[tuple[str, str]]:
    """The pairs name=value of a section; names in lower case, without white space. Raises Malformed."""
    at = 0
    while at < len(section):
        end = at
        while end < len(section) and section[end].kind == "word":
            end += 1
        if end == at or end + 1 >= len(section) or section[end].kind != "=":
            raise Malformed("no name=value")
        name = "".join(token.text for token in section[at:end]).lower()
        # Words without a dot between them are no name: "dkim=pass pass header.d=x" is refused.
        if end - at > 1 and not all(
            left.endswith((".", "/")) or right.startswith((".", "/"))
            for left, right in zip(_texts(section[at : end - 1]), _texts(section[at + 1 : end]), strict=True)
        ):
            raise Malformed("words in a row")
        value, at = _value(section, end + 1)
        yield name, value


def _texts(section: Sequence[Token]) -> list[str]:
    return [token.text for token in section]


def _value(section: Sequence[Token], at: int) -> tuple[str, int]:
    """The value that begins at ``at``: a word or quoted string, or "…"@domain; and the place after it."""
    first = section[at]
    if first.kind == "=":
        raise Malformed("no value")
    after = section[at + 1] if at + 1 < len(section) else None
    if first.kind == "quoted" and after is not None and after.kind == "word" and not after.spaced:
        if not after.text.startswith("@"):
            raise Malformed("text after a quoted string")
        return first.text + after.text, at + 2
    return first.text, at + 1


def _proves(results: Results, domain: str) -> bool:
    """True if DMARC passed for ``domain``, or DKIM or SPF for a domain that is aligned with it.

    Results that contradict each other, such as DMARC both passed and failed, prove nothing.
    """
    dmarc = [one for one in results.methods if one.method == "dmarc"]
    if dmarc:
        said = {(one.result, _domain(one.properties.get("header.from", ""))) for one in dmarc}
        if said == {("pass", domain)}:
            return True
        if {result for result, _ in said} != {"none"}:  # "none": the domain has no DMARC policy
            return False
    passed = [one for one in results.methods if one.result == "pass"]
    return any(_aligned(found, domain) for one in passed for found in _domains(one))


def _domains(one: MethodResult) -> list[str]:
    """The domain for which a result of DKIM or SPF speaks; empty for other methods, and if it names none."""
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}.get(one.method, ())
    found = [_domain(one.properties[name]) for name in names if name in one.properties]
    return found[:1]  # header.d is the domain that signs; header.i may be below it


def _domain(value: str) -> str:
    return value.rpartition("@")[2].lower().rstrip(".")


def _aligned(found: str, domain: str) -> bool:
    """True if ``found`` is ``domain`` or a domain above it.

    DMARC would also accept domains below and beside; those it reports as dmarc=pass.
    """
    return "." in found and (domain == found or domain.endswith(f".{found}"))
