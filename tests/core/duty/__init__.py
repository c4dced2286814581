"""Tests of server.core.duty."""
