"""Rules about mail that becomes announcements: whose, authenticated how, and what of it is shown; pure functions."""
