"""Records at the desk: the audit log and the proof of play."""
