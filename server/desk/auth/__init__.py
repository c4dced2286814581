"""Sign-in, second factors, passwords, rate limits, and the check of rights before each view."""
