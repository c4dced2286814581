"""Defines limits on what is read, and the default time zone; used by all modules that handle untrusted bytes."""

from __future__ import annotations

MAX_BYTES = 5 * 2**20
MAX_ENTRIES = 200
MAX_FIELD = 100_000
"""Number of characters of one title or body that are processed, counted before cleaning."""
MAX_TITLE = 500
MAX_SUMMARY = 20_000
MAX_LINK = 2_000

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"

PARSE_SECONDS = 10.0
PARSE_MEBIBYTES = 512

PICTURE_BYTES = 10 * 2**20
PICTURE_PIXELS = 40_000_000
PICTURE_LEAST = 40
"""Least pixels of a picture's shorter side: smaller pictures are tracking pixels, smileys and icons."""
