"""Shared samples are read where BANGTIN_SAMPLES names their folder; elsewhere that file is not collected."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("BANGTIN_SAMPLES") else ["test_samples.py"]
