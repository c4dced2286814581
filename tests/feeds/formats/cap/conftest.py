"""Collects test_samples.py only if the environment variable BANGTIN_SAMPLES names the folder of samples."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("BANGTIN_SAMPLES") else ["test_samples.py"]
