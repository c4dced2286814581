"""Determines the CAP senders of this server's own alerts; called by setup, content and processes.worker.

A sender is a fixed address on the area's own domain. Alerts of these senders are skipped when they come back from
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
    """Returns the CAP sender of a notice addressed to ``areas``, at least one slug.

    It is the sender of the lowest area that is or lies above all of them, else of the first one. ``configured`` maps
    slugs to the senders of config.toml. An area that has none there uses that of the nearest area above, else
    `default_sender`.
    """
    shared = _shared(areas, tree)
    found = next((configured[slug] for slug in tree.chain(shared) if slug in configured), "")
    return found or default_sender(shared, public_url)


def default_sender(slug: str, public_url: str) -> str:
    """Returns SLUG@HOST, HOST from ``public_url``: the sender of an area for which config.toml names none."""
    return f"{slug}@{urlsplit(public_url).hostname or 'localhost'}"


def own_senders(tree: AreaTree, configured: Mapping[str, str], public_url: str) -> frozenset[str]:
    """Returns every sender that this server's own alerts may have."""
    return frozenset({*configured.values(), *(default_sender(slug, public_url) for slug in tree.slugs())})


def _shared(areas: Sequence[str], tree: AreaTree) -> str:
    chain = tree.chain(areas[0])
    return next((slug for slug in chain if all(tree.covers(slug, other) for other in areas)), areas[0])
