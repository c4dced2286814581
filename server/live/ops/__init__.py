"""Health checks and metrics for monitoring, and the proxy to the desk's process."""
