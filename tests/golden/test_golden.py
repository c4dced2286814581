"""The golden files are up to date and valid by their schema; tests in tests/display read the same files with node."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from server.core import wire
from tests.golden import make

SCHEMA = json.loads((make.HERE / "wire.schema.json").read_text(encoding="utf-8"))


def _problems(messages: wire.Message) -> list[str]:
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


def test_unknown_fields_are_allowed() -> None:
    messages = make.messages()
    messages["state"]["board"]["weather"] = "mưa"
    assert _problems(messages) == []


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yields the path of every field within a message; of a list only the first element is looked into."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _paths(inner, (*path, key))
    if isinstance(value, list) and value:
        yield from _paths(value[0], (*path, 0))


SENT = ("state", "slides", "slide", "notice", "clear", "serving", "moved", "command", "synced")


@pytest.mark.parametrize("event", SENT)
def test_every_field_that_the_server_sends_is_required(event: str) -> None:
    """The schema requires each field, so that a field forgotten in server/core/wire.py is noticed."""
    for path in _paths(make.messages()[event]):
        messages = copy.deepcopy(json.loads(json.dumps(make.messages())))
        target = messages[event]
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]
        assert _problems(messages), path


def test_the_bodies_of_a_state_can_be_requested_and_are_sent() -> None:
    messages = make.messages()
    asked = wire.parse_want(messages["want"])
    assert list(asked) == messages["want"]
    named = [slide["hash"] for slide in messages["state"]["lap"]["slides"]]
    assert {*named} <= {body["hash"] for body in messages["slides"]}
