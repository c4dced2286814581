"""Tests of the CAP documents that the worker issues."""
