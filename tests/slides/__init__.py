"""What the slides are made of, judged without a browser."""
