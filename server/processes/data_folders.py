"""The paths of the media folders in the data folder; server and worker create them when they start."""

from __future__ import annotations

from pathlib import Path


def media_folder(data: Path) -> Path:
    """Creates, if needed, and returns the folder of re-encoded pictures and checked videos.

    Its files are named by the hash of their content.
    """
    folder = data / "media"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def uploads_folder(data: Path) -> Path:
    """Creates, if needed, and returns the folder of uploaded files that the worker has not checked yet; mode 0700."""
    folder = data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
