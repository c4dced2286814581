"""The folders of media in the data folder; made by the server and the worker when they start."""

from __future__ import annotations

from pathlib import Path


def media_folder(data: Path) -> Path:
    """Re-encoded pictures and checked videos, by the hash of their content."""
    folder = data / "media"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def uploads_folder(data: Path) -> Path:
    """Files as people uploaded them, until the worker has checked them; readable by this user only."""
    folder = data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
