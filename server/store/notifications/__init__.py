"""What is sent to others outside: subscriptions and their deliveries; called by desk and worker."""
