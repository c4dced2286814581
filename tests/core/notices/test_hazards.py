"""Prepared texts for hazards can be sent unchanged: they fit a notice, name the place and have valid risk levels."""

from __future__ import annotations

import pytest

from server.core.notices.hazards import BY_SLUG, HAZARDS, Hazard

PREPARED = [hazard for hazard in HAZARDS if hazard.headline]


def test_slugs_and_names_are_unique() -> None:
    assert len(BY_SLUG) == len(HAZARDS) == len({hazard.name for hazard in HAZARDS})


@pytest.mark.parametrize("hazard", PREPARED, ids=lambda hazard: hazard.slug)
def test_a_prepared_text_can_be_sent_unchanged(hazard: Hazard) -> None:
    headline = hazard.headline.replace("{area}", "xã Minh Tân")
    assert "xã Minh Tân" in headline
    assert "{" not in headline
    assert len(headline) <= 90
    assert len(hazard.acts) == 3
    assert all(len(act) <= 60 for act in hazard.acts)


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.slug)
def test_risk_levels_are_those_of_the_decision(hazard: Hazard) -> None:
    assert set(hazard.risks) <= {1, 2, 3, 4, 5}
    assert list(hazard.risks) == sorted(hazard.risks)
    assert 1 <= hazard.hours <= 48
