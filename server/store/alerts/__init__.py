"""Received alerts: documents, polls, decisions of editors and the notices made of them; called by worker and desk."""
