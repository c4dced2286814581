"""Tests of server.desk.duty."""
