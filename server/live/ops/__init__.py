"""Health for keepers and their monitors."""
