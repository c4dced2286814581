"""A trial of a source reports each step with its time and size; a step that fails is the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds import FetchPolicy
from feeds.steps import Step, TrialResult, steps
from tests.feeds.hosts import Script, hangs, host, loopback, responds
from tests.feeds.stories import NOW, STORIES, sample_feed

FEED = sample_feed().encode()
HOME = FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=30, total_seconds=30)
SHORT = FetchPolicy(allow_private=("127.0.0.0/8",), connect_seconds=0.3, total_seconds=0.3)


def run(script: Script, policy: FetchPolicy = HOME) -> list[Step | TrialResult]:
    with host(script) as server:
        return list(steps(server.url(), zone="Asia/Ho_Chi_Minh", now=NOW, policy=policy, resolve=loopback))


def test_all_steps_of_a_working_source() -> None:
    *made, last = run(responds("200 OK", "Content-Type: text/xml", body=FEED))
    done = [step for step in made if isinstance(step, Step)]
    assert [step.name for step in done] == [
        "resolve", "connect", "answer", "body", "decode", "parse", "entries", "pictures",
    ]  # fmt: skip
    assert all(step.ok and step.seconds >= 0 and step.label for step in done)
    body = next(step for step in done if step.name == "body")
    assert (body.bytes, body.message) == (len(FEED), "HTTP 200, text/xml")
    assert isinstance(last, TrialResult)
    assert [entry.title for entry in last.reading.entries] == [story.title for story in STORIES]


@pytest.mark.parametrize(
    ("script", "policy", "fails"),
    [
        (hangs(), SHORT, "answer"),
        (responds("404 Not Found"), HOME, "body"),
        (responds("200 OK", body=b"<html><p>x</p></html>"), HOME, "parse"),
    ],
    ids=["hangs", "404", "a page"],
)
def test_a_failing_step_is_the_last_and_has_a_message(script: Script, policy: FetchPolicy, fails: str) -> None:
    last = run(script, policy)[-1]
    assert isinstance(last, Step)
    assert (last.name, last.ok) == (fails, False)
    assert last.message.endswith((".", ")"))


def test_a_file_has_fewer_steps(tmp_path: Path) -> None:
    path = tmp_path / "tin.xml"
    path.write_bytes(FEED)
    names = [
        step.name
        for step in steps(str(path), zone="Asia/Ho_Chi_Minh", now=NOW, policy=HOME)
        if isinstance(step, Step)
    ]
    assert names == ["body", "decode", "parse", "entries", "pictures"]
