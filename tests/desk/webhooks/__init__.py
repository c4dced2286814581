"""Tests of server.desk.webhooks."""
