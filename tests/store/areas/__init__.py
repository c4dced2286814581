"""Tests of server/store/areas."""
