"""Column types for whole alert documents and for the settings of sources of alerts; used by tables only."""

# ruff: noqa: ARG002 - SQLAlchemy passes the dialect to every type, and these do not need it
from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect

from server.core.alerts.document import Alert
from server.core.model import AlertSettings
from server.store.tables.columns import Defensive, Packed


class AlertDocument(Defensive[Alert]):
    """A column type that stores an `Alert` as JSON, compressed with zlib: long outlines shrink to a third.

    pydantic checks every type on reading and converts nested dataclasses of any depth.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Alert | None, dialect: Dialect) -> bytes | None:
        return None if value is None else zlib.compress(_adapter().dump_json(value), 1)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Alert | None:
        return None if value is None else _adapter().validate_json(zlib.decompress(value))


@cache
def _adapter() -> TypeAdapter[Alert]:
    return TypeAdapter(Alert)


def _unpack_settings(stored: Mapping[str, Any]) -> AlertSettings:
    lists = {name: stored[name] for name in ("territory", "languages", "web_hosts") if name in stored}
    if not all(isinstance(one, list) for one in lists.values()):
        raise TypeError("not a list")
    return AlertSettings(**{**stored, **{name: tuple(one) for name, one in lists.items()}})


alert_settings = Packed(asdict, _unpack_settings)
