"""What goes live, what waits for an editor, what is not for the public at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.core.alerts.document import Alert
from server.core.alerts.rules import AlertRules
from server.core.alerts.standing import REASONS, Reason, Standing, standing_of, takes_down
from tests.cast import HOUR, NOW
from tests.core.alerts.documents import ALL_CLEAR, DRAFT, LIVE, SIGNED, alert, cancel, info, update

MILD = (info(severity="Moderate"),)
FOUR_EYES = replace(LIVE, four_eyes=True)


def stands(rules: AlertRules = LIVE, **values: Any) -> tuple[str, tuple[Reason, ...]]:
    found = standing_of(alert(**values), rules)
    return found.state, found.reasons


def test_only_real_ones_for_the_public_are_shown() -> None:
    assert stands() == ("live", ())
    assert stands(scope="") == ("live", ()), "a missing scope means the public"
    for values in (
        {"status": "Test"}, {"status": "System"}, {"status": "Draft"}, {"status": "Exercise"},
        {"scope": "Restricted"}, {"scope": "Private"}, {"kind": "Ack"}, {"kind": "Error"},
    ):  # fmt: skip
        assert stands(LIVE, **values) == ("ignored", ()), values
    assert stands(AlertRules(alerts="none")) == ("ignored", ())


def test_drills_are_shown_where_the_source_may() -> None:
    assert stands(replace(LIVE, exercises=True), status="Exercise", note="Diễn tập") == ("live", ())


def test_in_draft_mode_everything_waits_but_what_takes_down_may_act() -> None:
    assert stands(DRAFT) == ("draft", ("draft-mode",))
    assert standing_of(cancel("huy", HOUR, [alert()]), DRAFT).trusted


@pytest.mark.parametrize(
    ("signature", "state", "reasons", "trusted"),
    [
        ("valid", "live", (), True),
        ("broken", "refused", ("broken-signature",), False),
        ("missing", "draft", ("no-signature",), False),
        ("unsigned", "draft", ("no-signature",), False),
        ("unchecked", "draft", ("no-signature",), False),
        ("weak", "draft", ("weak-signature",), False),
    ],
)
def test_with_a_certificate_the_signature_decides(
    signature: str, state: str, reasons: tuple[Reason, ...], trusted: bool
) -> None:
    found = standing_of(alert(signature=signature), SIGNED)
    assert (found.state, found.reasons, found.trusted) == (state, reasons, trusted)


def test_without_a_certificate_a_signature_is_only_recorded() -> None:
    for signature in ("unsigned", "unchecked", "missing", "weak"):
        assert stands(signature=signature) == ("live", ())
    assert stands(signature="broken") == ("draft", ("broken-signature",)), "nobody can say more, but not live"


def test_under_four_eyes_an_unsigned_urgent_alert_waits_for_one_editor() -> None:
    assert stands(FOUR_EYES) == ("draft", ("four-eyes",))
    assert stands(FOUR_EYES, infos=MILD) == ("live", ())
    assert stands(replace(SIGNED, four_eyes=True), signature="valid") == ("live", ())
    later = (info(onset=NOW + 8 * HOUR, expires=NOW + 12 * HOUR),)
    assert stands(FOUR_EYES, infos=later) == ("draft", ("four-eyes",)), "it will be urgent"


def test_what_is_odd_names_a_test_or_shows_nothing_is_a_draft() -> None:
    assert stands(draft_only=True) == ("draft", ("odd",))
    assert stands(status="", draft_only=True) == ("draft", ("odd",))
    assert stands(infos=(info(event="RMT"),)) == ("draft", ("drill",))
    assert stands(infos=()) == ("draft", ("no-info",))
    assert stands(infos=(info(effective=NOW + 9 * HOUR),)) == ("draft", ("never",))
    assert not standing_of(alert(draft_only=True), LIVE).trusted


def test_a_cancel_needs_no_info() -> None:
    assert standing_of(cancel("huy", HOUR, [alert()]), LIVE) == Standing("live", (), True, 2, False)


def test_drills_rank_below_tests_and_those_below_real_ones() -> None:
    rules = replace(LIVE, exercises=True)
    real, test, drill = (
        standing_of(one, rules).rank for one in (alert(), alert(note="TEST"), alert(status="Exercise"))
    )
    assert real > test > drill


def test_what_does_nothing_but_end_a_danger_takes_down() -> None:
    first: Alert = alert()
    assert takes_down(cancel("huy", HOUR, [first]))
    assert takes_down(update("het", HOUR, [first], infos=(ALL_CLEAR, ALL_CLEAR)))
    assert not takes_down(update("mot-phan", HOUR, [first], infos=(ALL_CLEAR, info())))
    assert not takes_down(alert(infos=()))


def test_every_reason_is_told_in_words() -> None:
    assert all(text.endswith(".") and text[0].isupper() for text in REASONS.values())
