"""Tests of server/live: some call it in the test's process, with fakes; others connect to a running server."""
