"""Tests of the exchange with other servers."""
