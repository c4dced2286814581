"""The CAP senders of our own alerts; called by setup, content and processes.worker.

A sender is a fixed address on the area's own domain. Alerts of our own senders are skipped when they come back from
another server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from server.core.areas import AreaTree

SENDER = re.compile(r"[^\s,<>&]{3,200}")
"""What CAP 1.2 allows as a sender: no blank, comma, < or &."""


def sender_of(areas: Sequence[str], tree: AreaTree, configured: Mapping[str, str], public_url: str) -> str:
    """The sender of a notice addressed to ``areas``, slugs, at least one.

    It is that of the lowest area which is above all of them, else of the first. ``configured`` maps slugs to senders
    of config.toml; an area without one has that of the nearest area above, else SLUG@HOST of ``public_url``.
    """
    shared = _shared(areas, tree)
    found = next((configured[slug] for slug in tree.chain(shared) if slug in configured), "")
    return found or default_sender(shared, public_url)


def default_sender(slug: str, public_url: str) -> str:
    """SLUG@HOST: the sender of an area for which config.toml names none."""
    return f"{slug}@{urlsplit(public_url).hostname or 'localhost'}"


def own_senders(tree: AreaTree, configured: Mapping[str, str], public_url: str) -> frozenset[str]:
    """Every sender that our own alerts may have."""
    return frozenset({*configured.values(), *(default_sender(slug, public_url) for slug in tree.slugs())})


def _shared(areas: Sequence[str], tree: AreaTree) -> str:
    chain = tree.chain(areas[0])
    return next((slug for slug in chain if all(tree.covers(slug, other) for other in areas)), areas[0])
