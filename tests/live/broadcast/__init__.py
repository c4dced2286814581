"""Tests of server/live/broadcast."""
