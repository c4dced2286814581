"""Tests of server/slides; none of them needs a browser."""
