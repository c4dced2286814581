"""What the boards look like, judged in a real browser."""
