"""The root folder of the checkout; imported by tests that read its files or start its programs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
