"""Pages of the receivers to which this server reports events (webhooks)."""
