"""Prepared words can be sent as they stand: they fit a notice, name a place and offer levels that exist."""

from __future__ import annotations

import pytest

from server.core.notices.hazards import HAZARDS, OF_SLUG, Hazard

PREPARED = [danger for danger in HAZARDS if danger.headline]


def test_every_danger_has_a_name_of_its_own() -> None:
    assert len(OF_SLUG) == len(HAZARDS) == len({danger.name for danger in HAZARDS})


@pytest.mark.parametrize("danger", PREPARED, ids=lambda danger: danger.slug)
def test_what_is_prepared_can_be_sent_as_it_is(danger: Hazard) -> None:
    assert "xã Minh Tân" in danger.headline_for("xã Minh Tân")
    assert "{" not in danger.headline_for("xã Minh Tân")
    assert len(danger.headline_for("xã Minh Tân")) <= 90
    assert len(danger.acts) == 3
    assert all(len(act) <= 60 for act in danger.acts)


@pytest.mark.parametrize("danger", HAZARDS, ids=lambda danger: danger.slug)
def test_levels_are_those_of_the_decision(danger: Hazard) -> None:
    assert set(danger.risks) <= {1, 2, 3, 4, 5}
    assert list(danger.risks) == sorted(danger.risks)
    assert 1 <= danger.hours <= 48
