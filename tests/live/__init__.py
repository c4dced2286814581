"""Tests of server/live: in process with fakes passed in, and over real sockets against a real server."""
