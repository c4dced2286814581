"""The worker process: fetches sources, imports uploaded files, runs maintenance; has no connection to screens."""
