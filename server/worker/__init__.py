"""The worker process: fetches sources, imports uploaded files, runs maintenance; it has no connection to screens."""
