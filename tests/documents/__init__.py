"""Tests of server/documents: from the bytes of an electronic document to its draft."""
