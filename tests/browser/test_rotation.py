"""A board rotates as `run.py show` announces: with its server, without it, and after its return (see evening.py)."""

from __future__ import annotations

import pytest

from tests.browser.evening import MORE, SLIDES, Evening

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_ten_different_slides_come_as_show_has_promised(evening: Evening) -> None:
    overlap = min(SLIDES, len(evening.promised))
    assert evening.first[:overlap] == evening.promised[:overlap]
    assert len({digest for digest, _ in evening.first[:SLIDES]}) == SLIDES


def test_bodies_come_over_the_socket_and_by_no_request(evening: Evening) -> None:
    assert [url for url in evening.requests if "/glass/slides" in url or "/glass/state" in url] == []
    assert [digest for digest, _ in evening.first if f'"{digest}"' not in evening.bodies] == []


def test_two_browsers_flip_alike(evening: Evening) -> None:
    assert evening.second[:SLIDES] == evening.first[:SLIDES]
    assert evening.dead_other[:MORE] == evening.dead[:MORE]


def test_no_page_has_an_error(evening: Evening) -> None:
    assert evening.faults == []


def test_without_server_and_worker_the_round_goes_on_in_its_order(evening: Evening) -> None:
    assert evening.dead[:MORE] == evening.dead_plan


def test_without_a_server_the_glass_says_how_old_it_is(evening: Evening) -> None:
    assert evening.as_of.startswith("Cập nhật lúc ")


def test_a_screen_switched_on_without_a_server_shows_a_slide_of_its_last_lap(evening: Evening) -> None:
    assert evening.cold_shown in {digest for digest, _ in evening.promised}
    assert evening.cold_link == "stale"


def test_a_restarted_server_does_not_jump(evening: Evening) -> None:
    assert evening.back[:MORE] == evening.back_plan
