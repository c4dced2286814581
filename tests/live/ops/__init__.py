"""Tests of server/live/ops."""
