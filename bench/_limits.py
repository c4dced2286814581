"""Raises the limit of open files; called by the servers of bench/fanout.py."""

from __future__ import annotations

import resource


def many_files() -> None:
    """Allows as many open files as the system does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
