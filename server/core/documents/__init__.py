"""Rules for electronic official documents: what may not be taken, and which documents are the same."""
