"""Takes items from other Bảng Tin servers, and subscribes to their news."""
