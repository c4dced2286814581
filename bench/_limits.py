"""Raises the limit of open files; called by bench/_stock.py."""

from __future__ import annotations

import resource


def many_files() -> None:
    """Raises this process's soft limit of open files to its hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
