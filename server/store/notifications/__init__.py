"""What is sent to people and programs outside: subscriptions and what waits for delivery."""
