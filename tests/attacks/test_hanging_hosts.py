"""Trials of sources on hosts that never answer: the desk's pages still open, as only the worker contacts hosts."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.core.policy import Grant
from server.store.people import people
from tests.desk.visitor import Visitor
from tests.feeds.hosts import hangs, host, responds
from tests.feeds.stories import STORIES, sample_feed
from tests.station import Station, config_text, until

HANGING = 8


@pytest.mark.slow
def test_eight_hanging_hosts_stop_no_page_and_no_other_trial(tmp_path: Path) -> None:
    with ExitStack() as stack:
        hosts = [stack.enter_context(host(hangs())) for _ in range(HANGING)]
        answers = stack.enter_context(host(responds("200 OK", "Content-Type: text/xml", body=sample_feed().encode())))
        station = Station.of(tmp_path, config_text(["xa-minh-tan"]) + "\n[people]\nsecond_factor = false\n")
        stack.callback(station.close)
        station.start()
        now = station.now("xa-minh-tan")
        visitors = []
        for name in ("mot", "hai", "ba"):
            people.add(station.store, username=name, name=name, email=f"{name}@x.vn", actor="os:root", now=now)
            people.grant(station.store, name, Grant("keeper", "tinh"), by=None, actor="os:root", now=now)
            visitors.append(Visitor(station).sign_in(name))
        for number, one in enumerate(hosts):
            asked = visitors[number % 2].post("/desk/sources/look", {"address": one.url(name="127.0.0.1")})
            assert asked.status == 303
        asked = visitors[2].post("/desk/sources/look", {"address": answers.url(name="127.0.0.1")})
        where = asked.headers["location"]
        assert re.search(r"trial=[0-9a-f]{32}", where)
        assert [visitors[0].get(path).status for path in ("/desk/sources/", "/desk/people/", "/desk/screens/")] == [
            200
        ] * 3
        until(lambda: STORIES[0].title in visitors[2].get(where).text, "the host that answers is shown")
