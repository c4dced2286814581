"""WebSub: requests to the hub, subscriptions to our feeds and their deliveries; called by desk and worker."""
