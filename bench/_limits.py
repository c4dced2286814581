"""What a process of a benchmark needs of the system; called by the servers of bench/fanout.py."""

from __future__ import annotations

import resource


def many_files() -> None:
    """As many open files as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
