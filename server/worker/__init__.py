"""The worker process: fetches sources, takes uploads, does maintenance; never talks to screens."""
