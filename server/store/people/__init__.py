"""People, their sign-ins, second factors, one-time links and API tokens."""
