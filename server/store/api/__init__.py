"""What the HTTP API keeps in the store: answered requests by their Idempotency-Key, and the buckets of its limits."""
