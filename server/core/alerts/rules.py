"""The settings by which the alerts of one source are judged; made by setup.config and `source_rules`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.core.model import AlertAiring, AlertIndex


@dataclass(frozen=True, slots=True)
class AlertRules:
    """How received CAP alerts are judged and shown: the common rules, or those of one source.

    `source_rules.rules_for` makes the rules of a source: it takes the common rules and replaces these fields by the
    settings of the source. ``alerts`` says what its documents become ("live": on air at once, "draft": an editor
    decides, "none": only stored). ``certificate``: a pinned certificate must have signed them. ``exercises``: drills
    may be shown. ``language`` is the language of an info that names none (empty: English, as in CAP). ``languages``
    are the languages that are shown page by page (empty: one, the board's). ``risk_parameter`` is the parameter with
    the risk level of QĐ 18/2021/QĐ-TTg (empty: none). ``default_area`` is the area of documents that name no place
    (empty: an editor chooses). ``web_hosts`` are the hosts to which a QR code may lead. ``index`` and
    ``geometry_first`` are described in `AlertSettings`.
    """

    alerts: AlertAiring = "draft"
    index: AlertIndex = "newest"
    certificate: bool = False
    four_eyes: bool = False
    exercises: bool = False
    language: str = ""
    languages: tuple[str, ...] = ()
    geometry_first: bool = False
    risk_parameter: str = ""
    default_area: str = ""
    web_hosts: tuple[str, ...] = ()

    without_expires: timedelta = timedelta(hours=6)
    """How long a document without ``expires`` is shown, from the latest of sent, effective and onset."""
    calm_for: timedelta = timedelta(hours=1)
    """How long a Cancel, an all-clear and what is past are shown at most."""
    ended_for: timedelta = timedelta(minutes=1)
    """How long "đã hết hiệu lực" stands where an alert was shown."""
    urgent_before_onset: timedelta = timedelta(hours=6)
    slide_after: timedelta = timedelta(hours=72)
    """From this age on, counted from ``sent``, an alert is a slide at most, and the desk is told."""
    urgent_holds: timedelta = timedelta(minutes=15)
    """How long an urgent alert has the whole glass; Extreme and Immediate has it to its end."""
    flood_count: int = 30
    flood_within: timedelta = timedelta(hours=1)
    missing_polls: int = 3
    silent_after: timedelta = timedelta(minutes=10)
    """After this long without a good poll the screens say that there are no data."""
    point_km: float = 5.0
    """The radius that a circle of radius 0 stands for."""

    calm_severities: frozenset[str] = frozenset({"minor"})
    calm_urgencies: frozenset[str] = frozenset({"past"})
    calm_certainties: frozenset[str] = frozenset({"unlikely"})
    urgent_severities: frozenset[str] = frozenset({"extreme", "severe"})
    urgent_urgencies: frozenset[str] = frozenset({"immediate", "expected"})
    urgent_certainties: frozenset[str] = frozenset({"observed", "likely"})
    colour_parameters: frozenset[str] = frozenset(
        {
            "awarenesslevel",
            "alertlevel",
            "color",
            "colour",
            "colorcode",
            "colourcode",
            "warningcolor",
            "warningcolour",
        }
    )
    """Names of parameters that hold a warning colour, without case, blanks and signs; "green" makes a slide."""
