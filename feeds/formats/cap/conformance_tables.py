"""Lists what CAP 1.2 allows in each element: child elements and values; used by conformance, alert and info."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The child element ``name`` occurs ``least`` to ``most`` times; without limit if ``most`` is None."""

    name: str
    least: int = 0
    most: int | None = 1


def _rules(text: str) -> tuple[Rule, ...]:
    """Makes rules from names that are separated by blanks and may end with a sign.

    Without a sign the element occurs exactly once; "?" is at most once, "*" any number of times, "+" at least once.
    """
    found = []
    for word in text.split():
        name = word.rstrip("?*+")
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}.get(word[len(name) :], (1, 1))
        found.append(Rule(name, least, most))
    return tuple(found)


_PAIR = _rules("valueName value")
ELEMENTS: Mapping[str, tuple[Rule, ...]] = {
    "alert": _rules(
        "identifier sender sent status msgType source? scope restriction? addresses? code* note? references? "
        "incidents? info*"
    ),
    "info": _rules(
        "language? category+ event responseType* urgency severity certainty audience? eventCode* effective? onset? "
        "expires? senderName? headline? description? instruction? web? contact? parameter* resource* area*"
    ),
    "resource": _rules("resourceDesc mimeType size? uri? derefUri? digest?"),
    "area": _rules("areaDesc polygon* circle* geocode* altitude? ceiling?"),
    "eventCode": _PAIR,
    "parameter": _PAIR,
    "geocode": _PAIR,
}
WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "status": "Actual Exercise System Test Draft",
        "msgType": "Alert Update Cancel Ack Error",
        "scope": "Public Restricted Private",
        "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
        "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
        "urgency": "Immediate Expected Future Past Unknown",
        "severity": "Extreme Severe Moderate Minor Unknown",
        "certainty": "Observed Likely Possible Unlikely Unknown",
    }.items()
}
