"""Issues CAP documents of our own notices and signs them."""
