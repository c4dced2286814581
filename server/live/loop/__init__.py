"""What protects the event loop: database threads, lag measurement, process limits."""
