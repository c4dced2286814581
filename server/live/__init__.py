"""What moves by itself: director, hub, harvest, jobs."""
