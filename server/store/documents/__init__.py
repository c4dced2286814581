"""Stores electronic official documents that were taken (edXML), and makes, replaces and withdraws their postings."""
