"""The audit and the proof of play at the desk."""
