"""The version of the program, as pyproject.toml has it (a test compares them); told to other servers."""

from __future__ import annotations

VERSION = "0.2.0"


def user_agent(purpose: str) -> str:
    """Returns the name by which the worker introduces itself to other servers, such as "BangTin/0.2.0 (alarms)"."""
    return f"BangTin/{VERSION} ({purpose})"
