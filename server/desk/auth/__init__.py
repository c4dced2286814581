"""Signs users in: passwords, second factors, rate limits; and checks the user's rights before each view."""
