"""Finds in the code of the store what it can write into the audit; used by the tests of the audit's texts."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints

from server.core.screens.screens import CommandName
from server.core.webhook_events import EVENTS
from server.core.workflow import ANNOUNCEMENT
from server.store.notifications.webhooks_deliveries import TEST

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SERVER = Path(__file__).parents[3] / "server"
_ACT = re.compile(
    r"(alarm|alert|announcement|area|board|duty_[a-z]+|media|notice|person|screen|source|story|token|webhook)\.[a-z_-]+"
)
# Names of rights, events and kinds of messages, which are written like actions but never stand in the audit.
_NO_ACTS = {
    "announcement.write", "board.message", "board.serving", "board.view", "media.write", "notice.propose",
    "notice.push", "notice.signed", "person.manage", "screen.view", "source.view", "token.manage",
    TEST, *EVENTS,
}  # fmt: skip


def recorded_acts() -> set[str]:
    """The names of all actions that the audit can contain.

    They are the literal names in the store's code and those that it composes of steps and commands.
    """
    found = {
        node.value
        for path in (SERVER / "store").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _ACT.fullmatch(node.value)
    }
    steps = {f"announcement.{step}" for step in ANNOUNCEMENT.steps} | {"announcement.approve_own"}
    return (found - _NO_ACTS) | steps | {f"screen.{name}" for name in get_args(CommandName)}


def recorded_in_part() -> list[type[DataclassInstance]]:
    """The store's dataclasses that exist only for the audit; they are named _Audited… or _Unread."""
    modules = [path.relative_to(SERVER.parent).with_suffix("") for path in sorted((SERVER / "store").rglob("*.py"))]
    text = {module: (SERVER.parent / module).with_suffix(".py").read_text("utf-8") for module in modules}
    return [
        getattr(importlib.import_module(".".join(module.parts)), name)
        for module in modules
        for name in re.findall(r"^class (_Audited\w+|_Unread)\b", text[module], re.MULTILINE)
    ]


def field_names(recorded: type[DataclassInstance]) -> set[str]:
    """The names of the fields of a dataclass and of the dataclasses nested in it."""
    hints = get_type_hints(recorded)
    own = {one.name for one in fields(recorded)}
    return own.union(*(field_names(inner) for hint in hints.values() for inner in _records_in(hint)))


def _records_in(hint: object) -> Iterator[type[DataclassInstance]]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from _records_in(argument)
