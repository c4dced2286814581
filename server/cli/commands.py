"""The commands of run.py, each imported only when it is asked for; called by server.main.

A command imports what it works with. If all were imported at every start, the supervisor would start the server half
a second later, and `run.py urgent` would import the readers of feeds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from server.processes.garbage_collection import collection_suspended

_PLACES = {
    "serve": "processes:serve",
    "worker": "processes:worker",
    "check": "inspect:check",
    "read": "inspect:read",
    "show": "inspect:show",
    "cap": "cap:cap",
    "announce": "announcements:announce",
    "withdraw": "announcements:withdraw",
    "urgent": "notices:urgent",
    "confirm": "notices:confirm",
    "clear": "notices:clear",
    "sources": "sources:list_sources",
    "opml": "sources:opml",
    "doctor": "doctor:doctor",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "desk": "processes:desk",
    "simulate": "simulate:simulate",
    "screen": "screens:app",
    "user": "people:app",
}
"""The name of a command -> "MODULE:FUNCTION" in server.cli, or "MODULE:app" for several commands below one name.

In the order in which the help lists them.
"""


class _Commands(Mapping[str, Any]):  # Any: the class of typer's commands is private
    """The commands by their names; reading one imports its module."""

    def __init__(self) -> None:
        self._imported: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._imported:
            self._imported[name] = _imported(name, *_PLACES[name].split(":"))
        return self._imported[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


class CommandGroup(TyperGroup):
    """The group of all commands of run.py, for ``typer.Typer(cls=…)``."""

    def __init__(self, **settings: Any) -> None:  # Any: typer passes whatever its group takes
        super().__init__(**settings)
        self.commands = cast(Any, _Commands())  # typer only reads the mapping


def _imported(name: str, module: str, attribute: str) -> Any:
    with collection_suspended():
        found = getattr(import_module(f"server.cli.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(name)(found)
        found = single
    made = get_command(found)
    made.name = name
    return made
