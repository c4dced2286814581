"""Tests of reading mailboxes."""
