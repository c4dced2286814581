"""Settings that hold for the whole suite: no timing assertions, also not by hypothesis."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
