"""Tests of server/live/sockets."""
