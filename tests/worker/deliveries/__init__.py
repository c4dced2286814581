"""Tests of what is sent to citizens and programs outside."""
