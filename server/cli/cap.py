"""The command cap, which checks anybody's CAP documents and indexes against the standard; listed in cli.commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from feeds import FeedError, Fetched, FetchPolicy
from feeds.sandbox.isolate import Sandbox, SandboxProcess
from server.cli.context import Context, fail, hint, say
from server.cli.inspect import bytes_of
from server.setup.config_file import ConfigError

MOST_DOCUMENTS = 50
"""Documents of one index that are checked, the newest first."""


def cap(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Địa chỉ http(s) hoặc tệp: một cảnh báo, hoặc danh mục cảnh báo")],
) -> None:
    """Kiểm tra một cảnh báo CAP 1.2, hoặc mọi cảnh báo trong một danh mục: nêu mọi chỗ sai."""
    given: Context = context.obj
    try:
        allowed = given.config().fetch.allow_private
    except ConfigError:
        allowed = ()
    sandbox = SandboxProcess()
    try:
        wrong = _check(sandbox, address, FetchPolicy(allow_private=allowed))
    except FeedError as error:
        fail(f"{address}: {error.message}", 1)
    finally:
        sandbox.close()
    if wrong:
        raise typer.Exit(1)


def _check(sandbox: Sandbox, address: str, policy: FetchPolicy) -> int:
    """Prints what is wrong with each alert and with their index; returns how many are wrong or cannot be read.

    Raises FeedError if ``address`` itself cannot be read.
    """
    got = bytes_of(address, policy)
    index = sandbox.read_cap(got.body, address=got.url, content_type=got.content_type)
    wrong = sum(_told(name, faults) for name, faults in _faults(sandbox, got))
    if index.entries or index.cut or not index.alerts:
        wrong += _told(f"{address} (danh mục)", index.notes)
    if not index.entries:
        if not index.alerts and not index.cut:
            hint("Danh mục hiện không có cảnh báo nào.")
        return wrong
    if len(index.entries) > MOST_DOCUMENTS:
        hint(f"Danh mục có {len(index.entries)} liên kết; chỉ kiểm tra {MOST_DOCUMENTS} cảnh báo mới nhất.")
    return wrong + sum(_linked(sandbox, link.address, policy) for link in index.entries[:MOST_DOCUMENTS])


def _linked(sandbox: Sandbox, address: str, policy: FetchPolicy) -> int:
    """Checks a document to which an index links; returns how many alerts in it are wrong, 1 if it cannot be read."""
    try:
        found = tuple(_faults(sandbox, bytes_of(address, policy)))
    except FeedError as error:
        return _told(address, (error.message,))
    return (
        sum(_told(name, faults) for name, faults in found) if found else _told(address, ("Không có cảnh báo nào.",))
    )


def _faults(sandbox: Sandbox, got: Fetched) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yields (address and identifier as one text, faults) for each alert in ``got``. Raises ParseError."""
    for identifier, faults in sandbox.check_cap(got.body, content_type=got.content_type):
        yield f"{got.url} ({identifier or 'không có mã'})", faults


def _told(name: str, faults: tuple[str, ...]) -> int:
    """Prints a line for each fault, or one line that there is none; returns 1 if there are faults, else 0."""
    say(f"{'✗' if faults else '✓'} {name}: {'có chỗ sai' if faults else 'tốt'}")
    for fault in faults:
        say(f"    {fault}")
    return int(bool(faults))
