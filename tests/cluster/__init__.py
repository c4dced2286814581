"""Tests of several servers with real PostgreSQL, Redis and nginx, each of which is killed in turn."""
