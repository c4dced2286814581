"""People: rights, login data, sign-ins, one-time links, API tokens, messages."""
