"""The golden files are what the code of today says; node reads the same files in tests/display."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.core import wire
from tests.golden import make

SCHEMA = json.loads((make.HERE / "wire.schema.json").read_text(encoding="utf-8"))


def _problems(messages: dict[str, Any]) -> list[str]:
    found = Draft202012Validator(SCHEMA).iter_errors(json.loads(json.dumps(messages)))
    return [f"{error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("name", make.FILES)
def test_the_golden_file_is_up_to_date(name: str) -> None:
    assert (make.HERE / name).read_text(encoding="utf-8") == make.FILES[name](), "python -m tests.golden.make"


def test_the_messages_are_valid_by_the_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert _problems(make.messages()) == []


def test_every_event_of_the_schema_has_a_golden_message() -> None:
    assert set(make.messages()) == set(SCHEMA["properties"])


def test_a_message_may_say_more_than_is_known_today() -> None:
    messages = make.messages()
    messages["state"]["board"]["weather"] = "mưa"
    assert _problems(messages) == []


def _without(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of every field within a message."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _without(inner, (*path, key))
    if isinstance(value, list) and value:
        yield from _without(value[0], (*path, 0))


SENT = ("state", "slides", "slide", "notice", "clear", "moved", "command", "synced")


@pytest.mark.parametrize("event", SENT)
def test_nothing_that_the_server_sends_may_go_missing(event: str) -> None:
    """A field that is forgotten in core/wire.py is seen here: the schema asks for each of them."""
    for path in _without(make.messages()[event]):
        messages = copy.deepcopy(json.loads(json.dumps(make.messages())))
        target = messages[event]
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]
        assert _problems(messages), path


def test_a_body_of_a_state_can_be_asked_for_and_is_sent() -> None:
    messages = make.messages()
    asked = wire.parse_want(messages["want"])
    assert list(asked) == messages["want"]
    named = [slide["hash"] for slide in messages["state"]["lap"]["slides"]]
    assert {*named} <= {body["hash"] for body in messages["slides"]}
