"""Several servers with PostgreSQL, Redis and nginx, all for real, each killed in turn."""
