"""Reads mailboxes: letters of allowed senders become announcements that wait for an editor, and are answered."""
