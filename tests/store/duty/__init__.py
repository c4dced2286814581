"""Tests of server.store.duty."""
